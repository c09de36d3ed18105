"""Holes of the shape of real objects, from label images."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from ce_tf.errors import InputError
from ce_tf.evaluating.photos import find_pictures
from ce_tf.images.codec import open_image, read_bytes

# Smaller objects, as a share of the label image, have no shape to speak of.
_LEAST_OBJECT = 0.005
_TRIES = 200


class SilhouetteHoles:
    """Draws a hole for each picture: an object's outline, scaled and placed.

    An object is a connected part of what is not background, its border (VOC's 255)
    included. Which one, whether mirrored, which share of the picture it covers (evenly
    from `areas`) and where it lies, wholly inside: all follow from (seed, index).

    Args:
        paths: label images, palette or grey, 0 is background.
        size: side S of the holes.
        areas: least and largest share of the picture.
        seed: of the draws.

    Raises:
        InputError: no such hole comes out.
    """

    def __init__(
        self, paths: list[Path], size: int, areas: tuple[float, float], seed: int
    ):
        self._paths, self._size, self._areas, self._seed = paths, size, areas, seed
        self(0, paths[0])  # So that what cannot be fails before any work.

    def __call__(self, index: int, path: Path) -> np.ndarray:
        """The hole of the index-th picture, uint8 [S, S], 1 = hole."""
        rng = np.random.default_rng([self._seed, index])
        for _ in range(_TRIES):
            objects = read_objects(self._paths[rng.integers(len(self._paths))])
            if not objects:
                continue
            outline = objects[rng.integers(len(objects))]
            outline = outline[:, ::-1] if rng.random() < 0.5 else outline
            mask = self._place(rng, outline, rng.uniform(*self._areas))
            if self._areas[0] <= mask.mean() <= self._areas[1]:
                return mask
        raise InputError(
            f"no silhouette of {self._areas[0]} to {self._areas[1]} of the picture "
            f"came out in {_TRIES} tries; give other --labels or a wider --hole_area."
        )

    def _place(
        self, rng: np.random.Generator, outline: np.ndarray, area: float
    ) -> np.ndarray:
        scale = np.sqrt(area / outline.sum()) * self._size
        scale = min(scale, self._size / max(outline.shape))
        height, width = (max(int(side * scale), 1) for side in outline.shape)
        scaled = cv2.resize(
            outline.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR
        )
        top = rng.integers(self._size - height + 1)
        left = rng.integers(self._size - width + 1)
        mask = np.zeros((self._size, self._size), np.uint8)
        mask[top : top + height, left : left + width] = scaled >= 0.5
        return mask


def read_objects(path: Path) -> list[np.ndarray]:
    """The objects of a label image: uint8 [h, w] each, 1 = object, cut close.

    Raises:
        InputError: it cannot be read, or its pixels are no labels.
    """
    name = f"label image {path}"
    header = open_image(read_bytes(path, "label image"), name)
    _require_labels(header, name)
    try:
        labels = np.asarray(header)
    except (OSError, SyntaxError, ValueError) as error:
        raise InputError(f"{name} cannot be decoded: {error}.") from None
    present = (labels != 0).astype(np.uint8)
    _, parts, boxes, _ = cv2.connectedComponentsWithStats(present)
    # Part 0 is the background.
    return [
        (parts[top : top + height, left : left + width] == number).astype(np.uint8)
        for number, (left, top, width, height, pixels) in enumerate(boxes)
        if number and pixels >= _LEAST_OBJECT * labels.size
    ]


def find_labels(folder: str, label_list: str | None) -> list[Path]:
    """The label images of a folder, or those that a list names.

    Raises:
        InputError: there are none, one is missing, or one holds no labels.
    """
    paths = find_pictures(folder, "labels")
    if label_list is not None:
        found = {path.stem: path for path in paths}
        text = read_bytes(label_list, "--label_list").decode(errors="replace")
        names = [line.split()[0] for line in text.splitlines() if line.strip()]
        missing = [name for name in names if name not in found]
        if missing or not names:
            lack = f"{len(missing)} that {folder} lacks, {missing[0]}" if names else ""
            raise InputError(
                f"--label_list={label_list} names {lack or 'no label image'}."
            )
        paths = [found[name] for name in names]
    for path in paths:
        try:
            with Image.open(path) as header:
                _require_labels(header, f"label image {path}")
        except OSError:
            raise InputError(f"label image {path} cannot be read.") from None
    return paths


def _require_labels(header: Image.Image, name: str) -> None:
    if header.mode not in ("P", "L", "1"):
        raise InputError(
            f"{name} is a {header.mode} picture; labels are palette or grey ones, "
            "0 where there is no object. Give masks with --masks."
        )
