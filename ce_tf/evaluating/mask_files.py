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
    and not smaller than the side; the i-th photo gets the i-th, over and over. At the
    photos' own size each needs one of its name.

    Args:
        folder: of the masks.
        photos: whose masks are asked for.
        size: side S of the holes; None for the photos' own size.

    Raises:
        InputError: there are none, some photos have one of their name and some have
            not, two have the same name, or one does not fit.
    """

    def __init__(self, folder: str, photos: Sequence[Path], size: int | None):
        paths = find_pictures(folder, "masks")
        self._size = size
        found = find_by_name(paths, photos)
        if size is not None and not any(found):
            for path in paths:
                _require_square(path, size)
            self._paths = paths
        else:
            self._paths = require_one_each(photos, found, "mask", f"--masks={folder}")

    def __call__(self, index: int, path: Path, shape: tuple[int, int]) -> np.ndarray:
        """The hole of the index-th picture, uint8 [H, W], 1 = hole."""
        mask = self._paths[index % len(self._paths)]
        hole = decode_mask(read_bytes(mask, "mask"), f"mask {mask}")
        if self._size is None:
            return hole
        side = (self._size, self._size)
        return cv2.resize(middle_square(hole), side, interpolation=cv2.INTER_NEAREST)


def _require_square(path: Path, size: int) -> None:
    width, height = read_size(path, "mask")
    if width != height or width < size:
        raise InputError(
            f"mask {path} has {width}x{height} pixels and no photo's name; masks "
            f"that are taken in order must be square, {size}x{size} or larger."
        )


def find_by_name(paths: Sequence[Path], photos: Sequence[Path]) -> list[list[Path]]:
    """Of each photo the files with its name; their endings may differ."""
    by_stem: dict[str, list[Path]] = {}
    for path in paths:
        by_stem.setdefault(path.stem, []).append(path)
    return [by_stem.get(photo.stem, []) for photo in photos]


def require_one_each(
    photos: Sequence[Path], found: Sequence[Sequence[Path]], what: str, where: str
) -> list[Path]:
    """The one file of each photo's name, of the photo's size.

    Args:
        photos: whose files are asked for.
        found: as `find_by_name` gives them.
        what: they are, in errors.
        where: they lie, the flag that says so.

    Raises:
        InputError: a photo has none or several, or one is of another size.
    """
    for photo, files in zip(photos, found, strict=True):
        if len(files) != 1:
            raise InputError(
                f"{where} holds {len(files) or 'no'} {what}s of the name of photo "
                f"{photo}; each photo needs just one there."
            )
        one, other = read_size(photo, "photo"), read_size(files[0], what)
        if one != other:
            raise InputError(
                f"{what} {files[0]} has {other[0]}x{other[1]} pixels, but photo "
                f"{photo} has {one[0]}x{one[1]}; they must be equal."
            )
    return [files[0] for files in found]
