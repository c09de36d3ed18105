"""Photos, seeded holes and the network's fill: what `seam.py` and `detail.py` share."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from ce_tf.completion.runtimes import load_runtime
from ce_tf.erasing.network_fill import fill_square
from ce_tf.erasing.window import place_window
from ce_tf.errors import InputError
from ce_tf.files import read_bytes
from ce_tf.images.codec import decode_image
from ce_tf.images.photo import FORMATS
from ce_tf.pretrained.files import find_model

# Photographs that scikit-image's wheel brings along; its other pictures are drawings,
# slides and downloads.
_PHOTOS = (
    "astronaut.png",
    "brick.png",
    "camera.png",
    "chelsea.png",
    "coffee.png",
    "grass.png",
    "gravel.png",
    "hubble_deep_field.jpg",
    "motorcycle_left.png",
    "rocket.jpg",
)
# Longer side of a hole over the photo's shorter side.
_SHARES = (0.2, 0.5)


@dataclasses.dataclass(frozen=True)
class Case:
    """A photo with a hole.

    Attributes:
        name: of the photo.
        kind: `blob` or `stroke`.
        image: uint8 [H, W, 3], whole.
        hole: uint8 [H, W], 1 = hole, in one piece.
    """

    name: str
    kind: str
    image: np.ndarray
    hole: np.ndarray


@dataclasses.dataclass(frozen=True)
class Filled:
    """What the eraser has of a case before seam and texture.

    Attributes:
        image: uint8 [h, w, 3], the photo in the window.
        hole: bool [h, w].
        fill: uint8 [h, w, 3], what the network gives for all of it, scaled up.
    """

    image: np.ndarray
    hole: np.ndarray
    fill: np.ndarray

    @property
    def plain(self) -> np.ndarray:
        """The fill in the hole, the photo around it."""
        return np.where(self.hole[..., np.newaxis], self.fill, self.image)


class Filler:
    """The eraser's first half: window, network, scaling.

    Args:
        model: as of the eraser; None is the model that ships.
        perfect: fill with the truth at the network's size instead, which is the best
            that any network of that size could do.
    """

    def __init__(self, model: str | None, perfect: bool = False):
        self._runtime = load_runtime(Path(model) if model else find_model())
        self._perfect = perfect

    def fill(self, case: Case) -> Filled:
        """The window of the case, filled."""
        size = self._runtime.size
        pixels = np.count_nonzero(case.hole)
        box = cv2.boundingRect(case.hole)
        window = place_window(box, pixels, case.hole.shape, size)
        square = window.cut(case.image)
        known = window.cut(1 - case.hole)
        if self._perfect:
            small = _scale(np.ascontiguousarray(square), size)
        else:
            small = fill_square(self._runtime, square, known)
        large = window.crop(_scale(small, window.side))
        image, hole = window.inside(case.image), window.inside(case.hole) > 0
        return Filled(image, hole, large)


def make_cases(
    images: str | None, shortest: int, holes: int, seed: int
) -> Iterator[Case]:
    """Each photo with `holes` blobs and strokes in turn; the same for the same seed.

    Args:
        images: folder of photos, or None for those of scikit-image.
        shortest: pixels that the shorter side of a photo has at least.
        holes: how many a photo.
        seed: of the holes.

    Raises:
        InputError: there is no such photo.
    """
    if images is None:
        paths = photo_paths()
    else:
        found = Path(images).iterdir() if Path(images).is_dir() else ()
        paths = sorted(path for path in found if path.suffix.lower() in FORMATS)
    photos = {path.stem: decode_image(read_bytes(path, "photo")) for path in paths}
    large = {name: p for name, p in photos.items() if min(p.shape[:2]) >= shortest}
    if not large:
        raise InputError(f"--images={images} holds no photo of {shortest} pixels.")
    for number, (name, image) in enumerate(large.items()):
        rng = np.random.default_rng([seed, number])
        for turn in range(holes):
            kind = ("blob", "stroke")[turn % 2]
            yield Case(name, kind, image, make_hole(rng, kind, *image.shape[:2]))


def photo_paths() -> list[Path]:
    """The photographs of scikit-image."""
    folder = Path(skimage.data.__file__).parent
    return [folder / name for name in _PHOTOS]


def make_hole(
    rng: np.random.Generator, kind: str, height: int, width: int
) -> np.ndarray:
    """A hole somewhere in a photo: uint8 [H, W], 1 = hole.

    Args:
        rng: that decides place, size and form.
        kind: `blob`, an ellipse with an uneven outline as silhouettes have; `stroke`,
            a few bends of a broad brush.
        height: of the photo.
        width: of the photo.
    """
    side = min(height, width) * rng.uniform(*_SHARES)
    middle = rng.uniform(side / 2, np.array([width, height]) - side / 2)
    mask = np.zeros((height, width), np.uint8)
    if kind == "blob":
        angles = np.linspace(0, 2 * np.pi, 64, endpoint=False)
        waves = sum(
            rng.normal(0, 0.12 / order) * np.cos(order * angles + rng.uniform(0, 6.3))
            for order in range(2, 7)
        )
        outline = np.stack([np.cos(angles), np.sin(angles)], 1) * (1 + waves)[:, None]
        outline[:, 1] *= rng.uniform(0.5, 1)
        points = middle + outline * side / 2 / np.abs(outline).max()
        cv2.fillPoly(mask, [points.round().astype(np.int32)], 1)
        return mask
    breadth = max(5, round(side * rng.uniform(0.1, 0.25)))
    points = rng.uniform(-0.5, 0.5, (5, 2)) * (side - breadth) + middle
    cv2.polylines(mask, [points.round().astype(np.int32)], False, 1, breadth)
    return mask


def _scale(pixels: np.ndarray, side: int) -> np.ndarray:
    """As the eraser scales."""
    smaller = side < pixels.shape[0]
    interpolation = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return cv2.resize(pixels, (side, side), interpolation=interpolation)
