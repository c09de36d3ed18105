"""Before and after: the README's picture of what the shipped model erases.

    python -m benchmarks.gallery [--model=model.tflite] [--out=docs/erased.png]

Photographs that scikit-image ships (public domain or CC0), each with what to erase in
red and the result with the command's own settings. None of them was trained on.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from ce_tf.command_line import flag, run_command

_HEIGHT = 300  # of a row, pixels
_GAP = 6
_RED = (230, 30, 30)
# The photo, and the strokes of a finger over a thing in it: breadth in pixels, points.
_CASES = (
    ("rocket.jpg", ((46, ((201, 120), (190, 392))),)),
    ("astronaut.png", ((52, ((140, 385), (172, 372), (200, 388), (172, 402))),)),
    (
        "coffee.png",
        (
            (30, ((415, 72), (405, 130), (384, 210), (368, 250))),
            (46, ((362, 252), (344, 282), (366, 310), (386, 278), (365, 280))),
        ),
    ),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the gallery."""

    model: str | None = flag(
        None, help="A .tflite file or SavedModel; by default what ships."
    )
    grow: int = flag(4, help="Pixels by which each hole is dilated.")
    out: str = flag("docs/erased.png", help="The picture.")


def draw_row(name: str, strokes: tuple, eraser, grow: int) -> np.ndarray:
    """Photo, what is erased, result: uint8 [h, w, 3], RGB."""
    import skimage.data

    from ce_tf.images.photo import read_photo

    photo = read_photo(Path(skimage.data.__file__).parent / name).image
    mask = np.zeros(photo.shape[:2], np.uint8)
    for breadth, points in strokes:
        cv2.polylines(mask, [np.array(points)], False, 255, breadth)
    marked = photo.copy()
    marked[mask > 0] = (marked[mask > 0] // 2) + np.array(_RED, np.uint8) // 2
    pictures = [photo, marked, eraser.erase(photo, mask, grow=grow)]
    height, width = photo.shape[:2]
    size = (round(width * _HEIGHT / height), _HEIGHT)
    gap = np.full((_HEIGHT, _GAP, 3), 255, np.uint8)
    parts = []
    for picture in pictures:
        parts += [cv2.resize(picture, size, interpolation=cv2.INTER_AREA), gap]
    return np.hstack(parts[:-1])


def main(config: Config) -> None:
    """Draws the picture."""
    from ce_tf.erasing.eraser import Eraser
    from ce_tf.images.photo import Photo, check_suffix, write_photo

    check_suffix(config.out)
    eraser = Eraser(config.model)
    rows = [draw_row(*case, eraser, config.grow) for case in _CASES]
    width = max(row.shape[1] for row in rows)
    parts = []
    for row in rows:
        before = (width - row.shape[1]) // 2
        sides = [(0, _GAP), (before, width - row.shape[1] - before), (0, 0)]
        parts.append(np.pad(row, sides, constant_values=255))
    write_photo(Path(config.out), Photo(np.vstack(parts)[:-_GAP]))
    print(f"wrote {config.out}")


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
