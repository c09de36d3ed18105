"""What of a window is worked on: all of it, or a smaller picture of a large one.

Network, seam and texture need many numbers for each pixel. So that any hole is filled
with the same memory, a window longer than `LARGEST` is shrunk to that, filled, and the
fill enlarged again, tile by tile. What shrinking takes away of the photo, its finest
detail, is copied from the full photo, from where the texture was copied: as HiFill does
(Yi et al. 2020, arXiv 2005.09704, section 3.2) with what its attention borrows.
"""

import dataclasses
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from ce_tf.erasing.decisions import LARGEST
from ce_tf.erasing.network_fill import LEAST
from ce_tf.erasing.regions import Region
from ce_tf.erasing.texture.synthesis import Painted
from ce_tf.erasing.window import Window

_BAND = 1 << 19  # pixels of a large window that are read or written at a time
_TILE = 512
# Share of a small pixel that may be unknown where it counts as known: rounding.
_ROUNDING = 1e-4


@dataclasses.dataclass(frozen=True)
class View:
    """A window's part of a photo, [H, W], as it is worked on: [h, w], not larger.

    Attributes:
        window: in pixels of the view, which is its photo.
        image: uint8 [h, w, 3]; holes not yet filled have any colour.
        known: uint8 [h, w], 1 = all that lies under it is known.
        own: bool [h, w]: unknown, and some of the region lies under it.
    """

    window: Window
    image: np.ndarray
    known: np.ndarray
    own: np.ndarray


@dataclasses.dataclass(frozen=True)
class Fill:
    """What a window's hole is filled with, for any part of it.

    Attributes:
        view: that was filled.
        image: uint8 [h, w, 3], its image filled.
        painted: the texture that it got, if any.
    """

    view: View
    image: np.ndarray
    painted: Painted | None

    def read(
        self, around: np.ndarray, known: np.ndarray, rows: slice, columns: slice
    ) -> np.ndarray:
        """The fill at the photo's size.

        Args:
            around: uint8 [H, W, 3], the window's part of the photo.
            known: uint8 [H, W], 1 = may be copied.
            rows: of them, start and stop.
            columns: likewise.

        Returns:
            uint8 [rows, columns, 3]; what counts is in the hole.
        """
        if around.shape == self.image.shape:
            return self.image[rows, columns]
        small, large = np.array(self.image.shape[:2]), np.array(around.shape[:2])
        scale = small / large
        here = np.moveaxis(np.mgrid[rows, columns], 0, -1)
        fill = _sample(self.image, here, scale)
        if self.painted is None:
            return fill
        cells = tuple(np.moveaxis(np.floor((here + 0.5) * scale).astype(int), -1, 0))
        offsets, share = self.painted.offsets[cells], self.painted.share[cells]
        there = here + (2 * offsets * large + small) // (2 * small)  # rounded
        there = there.clip(0, large - 1)
        source = tuple(np.moveaxis(there, -1, 0))
        fine = around[source].astype(np.float32) - _sample(
            self.view.image, there, scale
        )
        share = (share * known[source])[..., np.newaxis]
        return np.round(fill + share * fine).clip(0, 255).astype(np.uint8)


def look(
    window: Window,
    image: np.ndarray,
    known: np.ndarray,
    region: Region,
    hole: np.ndarray,
) -> View:
    """What is worked on of a window.

    Args:
        window: of the photo.
        image: uint8 [H, W, 3], the photo.
        known: uint8 [H, W], 1 = known; some of the window is.
        region: which is to be filled.
        hole: uint8 [H, W], 1 = hole, of which the region is a part.
    """
    around, around_known = window.inside(image), window.inside(known)
    if window.side <= LARGEST:
        own = _read_own(region, window, hole, 0, window.shape[0])
        return View(_move(window, window.side), around, around_known, own)
    small = _move(window, LARGEST)

    def read(first: int, last: int) -> np.ndarray:
        some = around_known[first:last, :, np.newaxis].astype(np.float32)
        own = _read_own(region, window, hole, first, last)[..., np.newaxis]
        return np.concatenate([around[first:last] * some, some, own], -1)

    shrunk = _shrink(read, window.shape, small.shape)
    share = shrunk[..., 3]
    mean = np.round(shrunk[..., :3] / np.maximum(share, LEAST)[..., np.newaxis])
    # Where no pixel is wholly known, those are which have the most of it.
    sure = share >= min(1.0, float(share.max())) - _ROUNDING
    return View(
        small,
        mean.clip(0, 255).astype(np.uint8),
        sure.astype(np.uint8),
        ~sure & (shrunk[..., 4] > 0),
    )


def cut_tiles(region: Region) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of the region's box, counted from its corner, in small parts."""
    _, _, width, height = region.box
    for top in range(0, height, _TILE):
        for left in range(0, width, _TILE):
            yield (
                slice(top, min(top + _TILE, height)),
                slice(left, min(left + _TILE, width)),
            )


def _move(window: Window, side: int) -> Window:
    """The window where what it shows of the photo is the whole photo, of that side."""

    def scale(length: int) -> int:  # in whole numbers: every engine rounds alike
        return (2 * length * side + window.side) // (2 * window.side)

    height, width = (max(1, scale(length)) for length in window.shape)
    top, left = -scale(max(0, -window.top)), -scale(max(0, -window.left))
    side = max(side, height - top, width - left)
    return Window(top, left, side, height, width)


def _read_own(
    region: Region, window: Window, hole: np.ndarray, first: int, last: int
) -> np.ndarray:
    """The region's pixels in some rows of the window's part: bool [last - first, W]."""
    left, top, width, height = region.box
    own = np.zeros((last - first, window.shape[1]), bool)
    start = top - window.rows.start
    rows = slice(max(first, start), min(last, start + height))
    if rows.start < rows.stop:
        column = left - window.columns.start
        own[rows.start - first : rows.stop - first, column : column + width] = (
            region.find(hole, slice(rows.start - start, rows.stop - start))
        )
    return own


def _shrink(
    read: Callable[[int, int], np.ndarray],
    shape: tuple[int, int],
    smaller: tuple[int, int],
) -> np.ndarray:
    """Means over the area under each small pixel, some rows at a time.

    Args:
        read: gives rows, from one to before another: float32 [rows, W, C].
        shape: H and W.
        smaller: h and w, at most these.

    Returns:
        float32 [h, w, C].
    """
    (height, width), (small_height, small_width) = shape, smaller
    scale = height / small_height
    step = max(1, int(_BAND / width / scale))
    parts = []
    for first in range(0, small_height, step):
        edges = np.arange(first, min(first + step, small_height) + 1) * scale
        start, stop = int(edges[0]), min(height, int(np.ceil(edges[-1])))
        rows, size = read(start, stop), (small_width, stop - start)
        rows = np.dstack(  # OpenCV takes four channels at most
            [
                cv2.resize(rows[..., some], size, interpolation=cv2.INTER_AREA)
                for some in np.split(np.arange(rows.shape[-1]), [4])
            ]
        )
        under = np.arange(start, stop)
        ends = [
            edge[:, np.newaxis].clip(under, under + 1)
            for edge in (edges[1:], edges[:-1])
        ]
        weights = ((ends[0] - ends[1]) / scale).astype(np.float32)
        parts.append(np.tensordot(weights, rows, 1))
    return np.concatenate(parts)


def _sample(image: np.ndarray, places: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """A small image, uint8 [h, w, 3], at places [rows, columns, 2] of the large one."""
    rows, columns = np.moveaxis((places + 0.5) * scale - 0.5, -1, 0).astype(np.float32)
    return cv2.remap(
        image, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
