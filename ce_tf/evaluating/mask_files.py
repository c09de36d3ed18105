"""Holes read from mask files."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from ce_tf.errors import InputError
from ce_tf.evaluating.photos import find_pictures, middle_square, read_size
from ce_tf.files import read_bytes
from ce_tf.images.mask import decode_mask


class MaskFiles:
    """The mask of each photo: of the same name, or else in order.

    A mask with a photo's name (the endings may differ) must have its size, and is cut
    and scaled with it. Where no photo has a mask of its name, the masks must be square
    and not smaller than the side; the i-th photo gets the i-th, over and over.

    Args:
        folder: of the masks.
        photos: whose masks are asked for.
        size: side S of the holes.

    Raises:
        InputError: there are none, some photos have one of their name and some have
            not, two have the same name, or one does not fit.
    """

    def __init__(self, folder: str, photos: Sequence[Path], size: int):
        paths = find_pictures(folder, "masks")
        self._size = size
        named = _by_name(paths, photos, folder)
        if named is None:
            for path in paths:
                self._require_square(path)
            self._paths = paths
        else:
            for photo, path in zip(photos, named, strict=True):
                _require_same_size(photo, path)
            self._paths = named

    def __call__(self, index: int, path: Path) -> np.ndarray:
        """The hole of the index-th picture, uint8 [S, S], 1 = hole."""
        mask = self._paths[index % len(self._paths)]
        hole = decode_mask(read_bytes(mask, "mask"), f"mask {mask}")
        side = (self._size, self._size)
        return cv2.resize(middle_square(hole), side, interpolation=cv2.INTER_NEAREST)

    def _require_square(self, path: Path) -> None:
        width, height = read_size(path, "mask")
        if width != height or width < self._size:
            raise InputError(
                f"mask {path} has {width}x{height} pixels and no photo's name; masks "
                f"that are taken in order must be square, {self._size}x{self._size} "
                "or larger."
            )


def _by_name(
    masks: Sequence[Path], photos: Sequence[Path], folder: str
) -> list[Path] | None:
    """The mask of each photo's name; None where no photo has one."""
    by_stem: dict[str, list[Path]] = {}
    for path in masks:
        by_stem.setdefault(path.stem, []).append(path)
    found = [by_stem.get(photo.stem, []) for photo in photos]
    if not any(found):
        return None
    for photo, candidates in zip(photos, found, strict=True):
        if len(candidates) != 1:
            raise InputError(
                f"--masks={folder} holds {len(candidates)} masks of the name of photo "
                f"{photo}; other photos have one there, so each must have just one."
            )
    return [candidates[0] for candidates in found]


def _require_same_size(photo: Path, mask: Path) -> None:
    one, other = read_size(photo, "photo"), read_size(mask, "mask")
    if one != other:
        raise InputError(
            f"mask {mask} has {other[0]}x{other[1]} pixels, but photo {photo} has "
            f"{one[0]}x{one[1]}; they must be equal."
        )
