"""Examples from photo files, each with a hole made or read for it."""

import glob
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from ce_tf.errors import InputError
from ce_tf.evaluating.examples import Example
from ce_tf.files import read_bytes
from ce_tf.images.codec import decode_image
from ce_tf.images.orientation import upright_size
from ce_tf.images.photo import FORMATS

# Makes the hole of the index-th picture of a height and width: uint8 [H, W], 1 = hole.
MakeHole = Callable[[int, Path, tuple[int, int]], np.ndarray]
# Shorter side of photos at their own size, at least: what SSIM's windows need.
LEAST_SIDE = 32


class PhotoExamples:
    """Photos, each its middle square scaled down to the side S, or as it is.

    A photo that cannot be used is passed over and named in `skipped`.

    Args:
        paths: of the photos.
        size: the side S; None leaves each photo its own size.
        kind: of hole.
        make_hole: gives the hole of each.

    Raises:
        InputError: no photo is large enough.
    """

    def __init__(
        self, paths: Sequence[Path], size: int | None, kind: str, make_hole: MakeHole
    ):
        self._paths, self._size, self._kind = paths, size, kind
        self._make_hole = make_hole
        _require_one_fits(paths, size or LEAST_SIDE)
        self.total = len(paths)
        self.skipped: list[dict[str, str]] = []

    def examples(self, wanted: Collection[int] | None = None) -> Iterator[Example]:
        """See `Source`."""
        for index in range(self.total) if wanted is None else sorted(wanted):
            try:
                yield self._read(index)
            except InputError as error:
                path = str(self._paths[index])
                self.skipped.append({"file": path, "reason": str(error)})

    def _read(self, index: int) -> Example:
        path = self._paths[index]
        image = decode_image(read_bytes(path, "photo"), f"photo {path}")
        height, width = image.shape[:2]
        least = self._size or LEAST_SIDE
        if min(height, width) < least:
            raise InputError(
                f"photo {path} has {width}x{height} pixels; its shorter side must be "
                f"at least {least}."
            )
        if self._size is not None:
            side = (self._size, self._size)
            image = cv2.resize(middle_square(image), side, interpolation=cv2.INTER_AREA)
        mask = self._make_hole(index, path, image.shape[:2])
        if mask.all() or not mask.any():
            share = "all" if mask.all() else "none"
            raise InputError(f"photo {path}: its hole covers {share} of the picture.")
        return Example(index, str(path), image, mask[..., np.newaxis], self._kind)


def _require_one_fits(paths: Sequence[Path], size: int) -> None:
    """Reads headers until one photo is large enough."""
    for path in paths:
        try:
            if min(read_size(path, "photo")) >= size:
                return
        except InputError:
            continue
    raise InputError(
        f"none of {len(paths)} photos can be read and has a shorter side of at least "
        f"{size} pixels, as is measured here; the first is {paths[0]}."
    )


def read_size(path: Path, what: str) -> tuple[int, int]:
    """Width and height of the picture turned upright; reads no pixels.

    Raises:
        InputError: the file is no picture.
    """
    try:
        with Image.open(path) as header:
            height, width = upright_size(header)
            return width, height
    except OSError:
        raise InputError(f"{what} {path} is no picture that can be read.") from None


def middle_square(pixels: np.ndarray) -> np.ndarray:
    """The middle square [side, side, ...] of [H, W, ...], side the shorter one."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


def find_pictures(
    where: str, flag: str, endings: tuple[str, ...] = FORMATS
) -> list[Path]:
    """Picture files in a folder and all below it, or that fit a GLOB, sorted.

    Raises:
        InputError: there are none.
    """
    folder = Path(where)
    names = folder.rglob("*") if folder.is_dir() else glob.glob(where, recursive=True)
    paths = [path for path in map(Path, names) if path.suffix.lower() in endings]
    paths = sorted(path for path in paths if path.is_file())
    if not paths:
        raise InputError(
            f"--{flag}={where} holds no pictures ({', '.join(endings)})."
            if folder.is_dir()
            else f"--{flag}={where} is no folder, and no picture fits it as a GLOB."
        )
    return paths


def draw_pictures(paths: list[Path], count: int | None, seed: int) -> list[Path]:
    """`count` of them at random, in order; all where there are no more."""
    if count is None or count >= len(paths):
        return paths
    chosen = np.random.default_rng(seed).choice(len(paths), count, replace=False)
    return [paths[number] for number in sorted(chosen)]
