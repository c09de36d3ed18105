"""What the eraser's texture is worth: ways to bring it back, on photos with holes.

    python -m benchmarks.detail [--model=model.tflite] [--images=DIR]

Fills seeded holes of photos whose truth is known, and gives the same fills texture in
each way. Prints what the ways reach, in turns on the same machine, and the seconds for
a hole of 512 pixels; draws pictures with every way beside the truth, to be looked at.
"""

import dataclasses
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.detail_cases import Case, Filler, make_cases
from benchmarks.detail_ways import add_residuals, copy_at_one_scale
from ce_tf.command_line import flag, run_command
from ce_tf.erasing.blending import match_rim
from ce_tf.erasing.texture.synthesis import add_texture
from ce_tf.errors import InputError
from ce_tf.files import write_bytes
from ce_tf.images.codec import encode_image
from ce_tf.metrics import gradient_energy_ratio, hole_psnr, hole_ssim

Way = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
# Each takes a window uint8 [h, w, 3] with its hole filled, hole and known bool [h, w].
WAYS: dict[str, Way] = {
    "detail=0": lambda image, hole, known: image,
    "residuals": add_residuals,
    "one scale": copy_at_one_scale,
    "multi-scale synthesis": lambda image, hole, known: (
        add_texture(image, hole, known, 1.0).image
    ),
}
_TILE = 300  # longer side of each picture in the drawing
_ROWS = 8  # of one drawing
_LARGE = 512
_TURNS = 3


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    model: str | None = flag(
        None, help="A .tflite file or SavedModel; by default what ships."
    )
    images: str | None = flag(
        None, help="Folder of photos; by default those that scikit-image ships."
    )
    perfect: bool = flag(
        False,
        help="Fills with the truth at the network's size, as no network could better.",
    )
    shortest: int = flag(400, help="Smaller photos (shorter side) are left out.")
    holes: int = flag(4, help="Holes a photo.")
    seed: int = flag(0, help="Of the holes.")
    out: str = flag("detail.png", help="Drawings; `detail-2.png` and so on follow it.")

    def __post_init__(self):
        try:  # before any work
            encode_image(np.zeros((1, 1, 3), np.uint8), Path(self.out).suffix)
        except InputError as error:
            raise InputError(f"--out={self.out}: {error}") from None


def measure(case: Case, filler: Filler) -> tuple[np.ndarray, list[np.ndarray]]:
    """Figures of each way, [ways, 4], and the pictures: truth, hole, each way."""
    filled = filler.fill(case)
    image, hole = filled.image, filled.hole
    soft = match_rim(image, hole, filled.plain)
    figures, pictures = [], [image, np.where(hole[..., np.newaxis], 0, image)]
    for way in WAYS.values():
        start = time.perf_counter()
        result = way(soft, hole, ~hole)
        seconds = time.perf_counter() - start
        scores = (
            metric(image, result, hole)
            for metric in (hole_psnr, hole_ssim, gradient_energy_ratio)
        )
        figures.append([*scores, seconds])
        pictures.append(result)
    return np.array(figures), pictures


def time_large(image: np.ndarray) -> list[float]:
    """Seconds of each way for a square hole of 512 pixels, the best of three."""
    side = 2 * _LARGE
    image = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
    hole = np.zeros((side, side), bool)
    hole[side // 4 : side * 3 // 4, side // 4 : side * 3 // 4] = True
    blurred = cv2.blur(image, (31, 31))
    soft = np.where(hole[..., np.newaxis], blurred, image)
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(_TURNS):
        for name, way in WAYS.items():
            start = time.perf_counter()
            way(soft, hole, ~hole)
            seconds[name].append(time.perf_counter() - start)
    return [min(times) for times in seconds.values()]


def draw(rows: list[tuple[str, list[np.ndarray]]]) -> np.ndarray:
    """Rows of pictures under their names, uint8 [H, W, 3]."""
    titles = ["truth", "hole", *WAYS]
    head = np.full((22, _TILE * len(titles), 3), 255, np.uint8)
    for column, title in enumerate(titles):
        _write(head, title, column * _TILE + 4)
    lines = [head]
    for name, pictures in rows:
        height, width = pictures[0].shape[:2]
        size = (
            round(width * _TILE / max(height, width)),
            round(height * _TILE / max(height, width)),
        )
        tiles = np.full((size[1], _TILE * len(titles), 3), 255, np.uint8)
        for column, picture in enumerate(pictures):
            smaller = size[0] < width
            way = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
            tile = cv2.resize(picture, size, interpolation=way)
            tiles[:, column * _TILE : column * _TILE + size[0]] = tile
        label = np.full((18, tiles.shape[1], 3), 255, np.uint8)
        _write(label, name, 4)
        lines += [label, tiles]
    return np.concatenate(lines)


def _write(image: np.ndarray, text: str, left: int) -> None:
    place = (left, image.shape[0] - 6)
    cv2.putText(
        image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA
    )


def main(config: Config) -> None:
    """Runs the benchmark, prints its table and writes its drawings."""
    filler = Filler(config.model, config.perfect)
    figures, rows = [], []
    for case in make_cases(config.images, config.shortest, config.holes, config.seed):
        values, pictures = measure(case, filler)
        figures.append(values)
        rows.append((f"{case.name}, {case.kind}", pictures))
    large = time_large(rows[0][1][0])
    photos = len({name.split(",")[0] for name, _ in rows})
    print(f"{len(rows)} holes in {photos} photos, seed {config.seed}\n")
    print("| way | PSNR, dB | SSIM | gradient energy | ms | 512-pixel hole, s |")
    print("| --- | --- | --- | --- | --- | --- |")
    means, medians = np.mean(figures, 0), np.median(figures, 0)
    for name, mean, median, seconds in zip(WAYS, means, medians, large, strict=True):
        print(
            f"| {name} | {mean[0]:.2f} | {mean[1]:.3f} | {median[2]:.2f} | "
            f"{median[3] * 1000:.0f} | {seconds:.2f} |"
        )
    print(
        "\nMeans of PSNR and SSIM in the hole; medians of the gradient energy in the "
        "hole as a\nshare of the true one's, and of ms."
    )
    stem, _, suffix = config.out.rpartition(".")
    for number, start in enumerate(range(0, len(rows), _ROWS), 1):
        name = config.out if number == 1 else f"{stem}-{number}.{suffix}"
        write_bytes(name, encode_image(draw(rows[start : start + _ROWS]), f".{suffix}"))
        print(f"wrote {name}")


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
