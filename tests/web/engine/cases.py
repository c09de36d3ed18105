"""Photos that scikit-image brings, and holes of every kind in them."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import skimage

from ce_tf.images.photo import read_photo

_FOLDER = Path(skimage.__file__).parent / "data"


@dataclasses.dataclass(frozen=True)
class Case:
    """A photo and what to erase from it.

    Attributes:
        name: of both.
        image: uint8 [H, W, 3].
        mask: uint8 [H, W], 255 = hole.
        options: of the eraser.
    """

    name: str
    image: np.ndarray
    mask: np.ndarray
    options: dict = dataclasses.field(default_factory=dict)


def read(name: str, height: int = 512, width: int = 512) -> np.ndarray:
    """A photo's upper left part, at most so large."""
    image = read_photo(_FOLDER / name).image
    image = image if image.ndim == 3 else np.dstack([image] * 3)
    return np.ascontiguousarray(image[:height, :width])


def ellipse(image: np.ndarray, x: int, y: int, wide: int, high: int) -> np.ndarray:
    """An ellipse, turned a little, with these half axes."""
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.ellipse(mask, (x, y), (wide, high), 20, 0, 360, 255, -1)
    return mask


def box(image: np.ndarray, x: int, y: int, wide: int, high: int) -> np.ndarray:
    mask = np.zeros(image.shape[:2], np.uint8)
    mask[y : y + high, x : x + wide] = 255
    return mask


def strokes(image: np.ndarray, count: int, thickness: int, seed: int) -> np.ndarray:
    """Lines as a finger draws them."""
    rng = np.random.default_rng(seed)
    mask = np.zeros(image.shape[:2], np.uint8)
    size = image.shape[1::-1]
    for _ in range(count):
        ends = [tuple(int(v) for v in rng.integers(0, size)) for _ in range(2)]
        cv2.line(mask, *ends, 255, thickness)
    return mask


def specks(image: np.ndarray, count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    mask = np.zeros(image.shape[:2], np.uint8)
    for _ in range(count):
        place = tuple(int(v) for v in rng.integers(0, image.shape[1::-1]))
        cv2.circle(mask, place, int(rng.integers(0, 6)), 255, -1)
    return mask


def make_cases() -> list[Case]:
    """Twenty: objects, strokes, specks; at borders; too large for one pass."""
    photos = {
        name.split(".")[0]: read(name)
        for name in (
            *("astronaut.png", "brick.png", "camera.png", "chelsea.png", "coffee.png"),
            *("coins.png", "grass.png", "gravel.png", "hubble_deep_field.jpg"),
            *("ihc.png", "moon.png", "motorcycle_left.png", "retina.jpg"),
            *("rocket.jpg", "page.png"),
        )
    }
    large = read("retina.jpg", 1400, 1400)
    small = read("coffee.png", 90, 70)
    banner = read("rocket.jpg", 80, 500)
    holes = [
        ("astronaut", ellipse, (220, 110, 60, 80), {}),
        ("brick", ellipse, (250, 250, 70, 40), {"grow": 3}),
        ("camera", box, (200, 150, 64, 64), {"grow": 5, "feather": 12.5}),
        ("chelsea", strokes, (3, 12, 1), {}),
        ("coffee", ellipse, (300, 200, 90, 90), {"feather": 6}),
        ("coins", specks, (12, 1), {"grow": 1}),
        ("grass", box, (0, 0, 120, 80), {}),
        ("gravel", box, (400, 420, 112, 92), {"grow": 4}),
        ("hubble_deep_field", specks, (40, 2), {}),
        ("ihc", ellipse, (256, 256, 150, 120), {}),
        ("moon", ellipse, (100, 400, 40, 30), {}),
        ("motorcycle_left", strokes, (2, 30, 3), {"grow": 2}),
        ("retina", box, (30, 100, 440, 300), {}),
        ("rocket", ellipse, (320, 200, 20, 100), {"grow": 2, "feather": 0}),
        ("page", box, (100, 40, 33, 17), {}),
    ]
    cases = [
        Case(name, photos[name], draw(photos[name], *numbers), options)
        for name, draw, numbers, options in holes
    ]
    frame = np.full(photos["retina"].shape[:2], 255, np.uint8)
    frame[100:350, 150:400] = 0
    return [
        *cases,
        Case("large", large, ellipse(large, 700, 700, 300, 150), {"grow": 7}),
        Case("frame", photos["retina"], frame),
        Case("small", small, box(small, 20, 30, 25, 20)),
        Case("tall", photos["rocket"], box(photos["rocket"], 300, 10, 30, 400)),
        Case("banner", banner, box(banner, 100, 0, 150, 80)),
    ]
