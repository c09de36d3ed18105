"""Time and memory of erasing, in processes of their own.

    python -m benchmarks.erase [--model=model.tflite]

A photo of 12 megapixels with holes of 100, 300 and 600 pixels, and one of 50 megapixels
with a small hole; then whole commands: the help, and a picture of 128 pixels.
"""

import dataclasses
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.racing import peak_memory
from ce_tf.command_line import flag, run_command

_CASES = ((3000, 4000, 100), (3000, 4000, 300), (3000, 4000, 600), (7000, 7200, 200))
_TURNS = 3


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    model: str | None = flag(
        None, help="A .tflite file or SavedModel; by default what ships."
    )


def make_photo(height: int, width: int) -> np.ndarray:
    """A smooth coloured picture, uint8 [H, W, 3]."""
    noise = np.random.default_rng(0).integers(0, 256, (70, 100, 3), dtype=np.uint8)
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)


def measure(case: tuple[int, int, int], model: str | None) -> str:
    """One line of the table."""
    from ce_tf.erasing.eraser import Eraser

    height, width, side = case
    image = make_photo(height, width)
    mask = np.zeros((height, width), np.uint8)
    mask[height // 2 :, width // 2 :][:side, :side] = 1
    eraser = Eraser(model)
    before = peak_memory()
    seconds = {1.0: [], 0.0: []}
    for _ in range(_TURNS):
        for detail, times in seconds.items():
            start = time.perf_counter()
            eraser.erase(image, mask, detail=detail)
            times.append(time.perf_counter() - start)
    name = f"{width}x{height}, hole of {side}"
    return (
        f"{name:28}{min(seconds[1.0]):9.2f} s{min(seconds[0.0]):14.2f} s"
        f"{peak_memory() - before:8.0f} MiB more, photo {image.nbytes / 2**20:.0f} MiB"
    )


def measure_commands(model: str | None) -> dict[str, float]:
    """Seconds of whole commands, the best of three."""
    command = [sys.executable, "-m", "ce_tf.erase"]
    with tempfile.TemporaryDirectory() as folder:
        photo, mask = Path(folder) / "photo.png", Path(folder) / "mask.png"
        cv2.imwrite(str(photo), make_photo(128, 128))
        hole = np.zeros((128, 128), np.uint8)
        hole[40:80, 50:90] = 255
        cv2.imwrite(str(mask), hole)
        flags = [str(photo), f"--mask={mask}", f"--out={folder}/out.png"]
        ways = {
            "--help": ["--help"],
            "128x128, whole process": [
                *flags,
                *([f"--model={model}"] if model else []),
            ],
        }
        return {
            name: min(_time([*command, *arguments]) for _ in range(_TURNS))
            for name, arguments in ways.items()
        }


def _time(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(config: Config) -> None:
    """Runs the benchmark and prints its table."""
    print(f"{'photo':28}{'detail=1':>11}{'detail=0':>16}{'peak memory':>16}")
    context = multiprocessing.get_context("spawn")
    for case in _CASES:
        with context.Pool(1) as pool:
            print(pool.apply(measure, (case, config.model)))
    for name, seconds in measure_commands(config.model).items():
        print(f"{name:28}{seconds:9.2f} s")


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
