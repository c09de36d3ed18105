"""Time and memory of any hole: a process for each, on photos as phones make them.

    python -m benchmarks.memory [--only=wire,specks]

Memory is the largest that the process had in `Eraser.erase` beyond what it had before,
with photo, mask and network loaded, less the result: what it needs beside them. Linux.
"""

import dataclasses
import multiprocessing
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.erase import make_photo
from benchmarks.racing import peak_memory
from ce_tf.command_line import flag, run_command
from ce_tf.errors import InputError


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    only: str = flag("", help="Of the holes only these, with commas. Default: all.")
    detail: float = flag(1.0, help="As the eraser's.")


def draw_object(hole: np.ndarray, rng: np.random.Generator) -> None:
    """A disc of 300 pixels."""
    height, width = hole.shape
    cv2.circle(hole, (width // 3, height // 2), 150, 1, -1)


def draw_large(hole: np.ndarray, rng: np.random.Generator) -> None:
    """An object of half the photo's height."""
    height, width = hole.shape
    axes = (height // 4, height // 5)
    cv2.ellipse(hole, (width // 2, height // 2), axes, 30, 0, 360, 1, -1)


def draw_solid(hole: np.ndarray, rng: np.random.Generator) -> None:
    """All but a rim."""
    hole[100:-100, 100:-100] = 1


def draw_frame(hole: np.ndarray, rng: np.random.Generator) -> None:
    """A rim."""
    hole[:] = 1
    hole[400:-400, 400:-400] = 0


def draw_wire(hole: np.ndarray, rng: np.random.Generator) -> None:
    """A line of six pixels from corner to corner."""
    height, width = hole.shape
    cv2.line(hole, (width // 99, height // 20), (width - 100, height - 30), 1, 6)


def draw_specks(hole: np.ndarray, rng: np.random.Generator) -> None:
    """300 specks of dust, of two to five pixels' radius."""
    for center in rng.integers((20, 20), np.array(hole.shape) - 20, (300, 2)):
        cv2.circle(hole, center[::-1].tolist(), int(rng.integers(2, 6)), 1, -1)


def draw_noise(hole: np.ndarray, rng: np.random.Generator) -> None:
    """One pixel of a hundred."""
    hole[rng.random(hole.shape, np.float32) < 0.01] = 1


# What is marked, in photos of which sizes.
HOLES: dict[str, Callable[[np.ndarray, np.random.Generator], None]] = {
    "object": draw_object,
    "large": draw_large,
    "solid": draw_solid,
    "frame": draw_frame,
    "wire": draw_wire,
    "specks": draw_specks,
    "noise": draw_noise,
}
_CASES = (
    *(("object", 3000, 4000), ("large", 3000, 4000), ("specks", 2000, 3000)),
    *((kind, 6000, 8000) for kind in HOLES if kind != "noise"),
    *(("wire", 500, 30000), ("noise", 1200, 1600)),
)


def measure(kind: str, height: int, width: int, detail: float = 1.0) -> tuple:
    """Seconds, and MiB beside photo, mask and result."""
    from ce_tf.erasing.eraser import Eraser

    image, hole = make_photo(height, width), np.zeros((height, width), np.uint8)
    HOLES[kind](hole, np.random.default_rng(0))
    eraser, warm = Eraser(), np.zeros((1100, 1100), np.uint8)
    for side in (200, 500):  # loads both of the network's files
        warm[300 : 300 + side, 300 : 300 + side] = 1
        eraser.erase(make_photo(1100, 1100), warm)
    Path("/proc/self/clear_refs").write_text("5")  # the peak is what is held now
    before, start = peak_memory(), time.perf_counter()
    completed = eraser.erase(image, hole, detail=detail)
    seconds = time.perf_counter() - start
    return seconds, peak_memory() - before - completed.nbytes / 2**20


def main(config: Config) -> None:
    """Runs the benchmark and prints its table."""
    chosen = config.only.split(",") if config.only else list(HOLES)
    if unknown := sorted(set(chosen) - set(HOLES)):
        raise InputError(
            f"--only={config.only}: no hole is called {unknown[0]}; there are "
            f"{', '.join(HOLES)}."
        )
    print("| hole | photo | seconds | MiB beside it |\n| --- | --- | ---: | ---: |")
    context = multiprocessing.get_context("spawn")
    for kind, height, width in _CASES:
        if kind in chosen:
            with context.Pool(1) as pool:
                found = pool.apply(measure, (kind, height, width, config.detail))
            print(f"| {kind} | {width}x{height} | {found[0]:.1f} | {found[1]:.0f} |")


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
