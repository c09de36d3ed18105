"""Texture at full resolution for a fill that comes from the network's small grid.

The fill says what is where; the photo itself has the texture. Patches of the fill are
matched with known ones on the small grid, and the offsets hold for the large one: along
them the photo is copied into the hole in coherent pieces that overlap. As the synthesis
started from a network's fill of Yang et al. 2017 (arXiv 1611.09969), in one scale.
`benchmarks/detail.py` compares it with copying high frequencies alone (HiFill, Yi et
al. 2020, arXiv 2005.09704) and with further rounds of matching.
"""

import cv2
import numpy as np

from ce_tf.matching import find_offsets

# The hole's longer side on the small grid, at most.
_GRID = 64
# Fill and photo are matched with what both have, the coarse: deviation in cells.
_BLUR = 1.0


def add_detail(
    image: np.ndarray, hole: np.ndarray, known: np.ndarray, amount: float
) -> np.ndarray:
    """Gives the hole the texture of similar known places.

    Args:
        image: uint8 [h, w, 3], a window with its hole filled, softly.
        hole: bool [h, w], where texture is wanted.
        known: bool [h, w], where it may come from.
        amount: 0 to 1, how much of it.

    Returns:
        uint8 [h, w, 3], changed in the hole alone; unchanged where too little is known
        to copy from.
    """
    offsets, factor = find_large_offsets(image, hole, known)
    if offsets is None:
        return image
    copied, found = gather(image, hole, known, offsets, factor)
    soft = image[hole].astype(np.float32)
    mixed = soft + amount * found[:, np.newaxis] * (copied - soft)
    completed = image.copy()
    completed[hole] = np.round(mixed).clip(0, 255).astype(np.uint8)
    return completed


def find_large_offsets(
    image: np.ndarray, hole: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray | None, int]:
    """Offsets as `find_offsets`, in cells of the small grid, and a cell's pixels."""
    height, width = hole.shape
    longer = max(cv2.boundingRect(hole.astype(np.uint8))[2:])
    factor = -(-longer // _GRID)
    # Whole cells, so that an offset of one cell is `factor` pixels.
    margin = (-height % factor, -width % factor)
    small = _shrink(image.astype(np.float32), margin, factor)
    small_hole = _shrink(hole.astype(np.float32), margin, factor) > 0
    small_known = _shrink(known.astype(np.float32), margin, factor) == 1
    smooth = cv2.GaussianBlur(small, (0, 0), _BLUR)
    return find_offsets(smooth, small_hole, small_known), factor


def gather(
    values: np.ndarray,
    hole: np.ndarray,
    known: np.ndarray,
    offsets: np.ndarray,
    factor: int,
) -> tuple[np.ndarray, np.ndarray]:
    """What lies along the offsets; where pieces meet, a mean of them over half a cell.

    Args:
        values: float or uint8 [h, w, 3].
        hole: bool [h, w], of n pixels.
        known: bool [h, w].
        offsets: int [h / factor, w / factor, 2], in cells.
        factor: pixels of a cell's side.

    Returns:
        float32 [n, 3], and bool [n], whether anything known was found.
    """
    rows, columns = np.nonzero(hole)
    height, width = hole.shape
    total = np.zeros((len(rows), 3), np.float32)
    weights = np.zeros(len(rows), np.float32)
    reach = max(1, factor // 2)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            row = np.clip(rows + down * reach, 0, height - 1) // factor
            column = np.clip(columns + right * reach, 0, width - 1) // factor
            offset = offsets[row, column] * factor
            there = rows + offset[:, 0], columns + offset[:, 1]
            inside = (there[0] >= 0) & (there[0] < height) & offset.any(-1)
            inside &= (there[1] >= 0) & (there[1] < width)
            place = np.clip(there[0], 0, height - 1), np.clip(there[1], 0, width - 1)
            share = (2 - abs(down)) * (2 - abs(right)) * (inside & known[place])
            total += share[:, np.newaxis] * values[place]
            weights += share
    return total / np.maximum(weights, 1)[:, np.newaxis], weights > 0


def _shrink(pixels: np.ndarray, margin: tuple[int, int], factor: int) -> np.ndarray:
    """Means of cells of `factor` pixels a side; the last are made whole."""
    border = (0, margin[0], 0, margin[1], cv2.BORDER_REPLICATE)
    padded = cv2.copyMakeBorder(pixels, *border)
    size = (padded.shape[1] // factor, padded.shape[0] // factor)
    return cv2.resize(padded, size, interpolation=cv2.INTER_AREA)
