"""Photographs to try the page on: those that scikit-image ships, where it is installed.

All are in the public domain or CC0, as the package's own documentation says.
"""

import dataclasses
import importlib.util
from pathlib import Path

import cv2
import numpy as np

from ce_tf.images.photo import read_photo

_SIDE = 240  # of a thumbnail
_SAMPLES = (
    ("coffee.png", "Photo: Rachel Michetti, CC0"),
    ("chelsea.png", "Photo: Stefan van der Walt, CC0"),
    ("rocket.jpg", "Photo: SpaceX, public domain"),
    ("astronaut.png", "Photo: NASA, public domain"),
)


@dataclasses.dataclass(frozen=True)
class Sample:
    """One photograph: its file, and who made it under which licence."""

    path: Path
    credit: str


def find_samples() -> list[Sample]:
    """The samples of this installation; none without scikit-image."""
    spec = importlib.util.find_spec("skimage")  # does not import it
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "data"
    found = [Sample(folder / name, credit) for name, credit in _SAMPLES]
    return [sample for sample in found if sample.path.is_file()]


def make_thumbnail(sample: Sample) -> np.ndarray:
    """A small square of its middle: uint8 [h, w, 3]."""
    image = read_photo(sample.path).image
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = image[top : top + side, left : left + side]
    return cv2.resize(square, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
