"""Two ways to bring back texture that lost to multi-scale synthesis: see `detail.py`.

Both find coherent offsets once, on a grid of 64 cells along the hole's longer side, and
follow them at full resolution: one copies the photo along them, the other adds its high
frequencies alone to the fill. The seam is taken out in the same way in all.
"""

import cv2
import numpy as np

from ce_tf.erasing.blending import match_rim
from ce_tf.erasing.texture.nearest_patches import RADIUS, find_offsets, find_sources

_GRID = 64
_BLUR = 1.0
_COHERENCE = 0.5
_SWEEPS = 8
_NEIGHBOURS = np.array(((0, 1), (1, 0), (0, -1), (-1, 0)))


def copy_at_one_scale(
    image: np.ndarray, hole: np.ndarray, known: np.ndarray
) -> np.ndarray:
    """Copies the photo in coherent pieces that overlap by half a cell.

    Args:
        image: uint8 [h, w, 3], the hole filled softly.
        hole: bool [h, w].
        known: bool [h, w], where texture may come from.

    Returns:
        uint8 [h, w, 3].
    """
    offsets, factor = _find_large_offsets(image, hole, known)
    if offsets is None:
        return image
    copied, found = _gather(image, hole, known, offsets, factor)
    return _put(image, hole, np.where(found[:, np.newaxis], copied, image[hole]))


def add_residuals(image: np.ndarray, hole: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Adds what blurring takes from the photo, found along the offsets.

    As HiFill aggregates residuals (Yi et al. 2020, arXiv 2005.09704), but of one like
    place instead of many, which blurs less. Args and result as `copy_at_one_scale`.
    """
    offsets, factor = _find_large_offsets(image, hole, known)
    if offsets is None:
        return image
    pixels = image.astype(np.float32)
    residual = pixels - cv2.GaussianBlur(pixels, (0, 0), factor)
    copied, found = _gather(residual, hole, known, offsets, factor)
    return _put(image, hole, image[hole] + found[:, np.newaxis] * copied)


def _put(image: np.ndarray, hole: np.ndarray, values: np.ndarray) -> np.ndarray:
    completed = image.copy()
    completed[hole] = np.round(values).clip(0, 255).astype(np.uint8)
    return match_rim(image, hole, completed)


def _find_large_offsets(
    image: np.ndarray, hole: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray | None, int]:
    """Offsets in cells of the small grid, and a cell's pixels."""
    height, width = hole.shape
    factor = -(-max(cv2.boundingRect(hole.astype(np.uint8))[2:]) // _GRID)
    # Whole cells, so that an offset of one cell is `factor` pixels.
    margin = (-height % factor, -width % factor)
    small = _shrink(image.astype(np.float32), margin, factor)
    small_hole = _shrink(hole.astype(np.float32), margin, factor) > 0
    small_known = _shrink(known.astype(np.float32), margin, factor) == 1
    smooth = cv2.GaussianBlur(small, (0, 0), _BLUR)
    offsets = find_offsets(smooth, small_hole, small_known)
    if offsets is not None:
        _make_coherent(offsets, smooth, small_hole, find_sources(small_known))
    return offsets, factor


def _gather(
    values: np.ndarray,
    hole: np.ndarray,
    known: np.ndarray,
    offsets: np.ndarray,
    factor: int,
) -> tuple[np.ndarray, np.ndarray]:
    """What lies along the offsets, float32 [n, 3], and whether anything does, [n]."""
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
    border = (0, margin[0], 0, margin[1], cv2.BORDER_REPLICATE)
    padded = cv2.copyMakeBorder(pixels, *border)
    size = (padded.shape[1] // factor, padded.shape[0] // factor)
    return cv2.resize(padded, size, interpolation=cv2.INTER_AREA)


def _make_coherent(
    offsets: np.ndarray, image: np.ndarray, hole: np.ndarray, sources: np.ndarray
) -> None:
    """Takes over neighbours' offsets where that lowers cost plus disagreement."""
    size = 2 * RADIUS + 1
    padded = cv2.copyMakeBorder(image, *[RADIUS] * 4, cv2.BORDER_REFLECT)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), (0, 1))
    patches = windows.reshape(*hole.shape, -1)
    targets = np.argwhere(hole)
    price = _COHERENCE * np.median(_costs(offsets[hole], patches, targets, sources))
    for sweep in range(_SWEEPS):
        half = targets[targets.sum(-1) % 2 == sweep % 2]
        around = [_read(offsets, hole, half, step) for step in _NEIGHBOURS]
        far = [_read(offsets, hole, half, 3 * step) for step in _NEIGHBOURS]
        best, best_cost = offsets[tuple(half.T)], np.full(len(half), np.inf)
        for candidate, usable in [(best, True), *around, *far]:
            cost = _costs(candidate, patches, half, sources)
            for other, exists in around:
                cost = cost + price * (exists & (other != candidate).any(-1))
            better = usable & (cost < best_cost)
            best = np.where(better[:, np.newaxis], candidate, best)
            best_cost = np.where(better, cost, best_cost)
        offsets[tuple(half.T)] = best


def _read(
    offsets: np.ndarray, hole: np.ndarray, places: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    place, inside = _clip(places + step, hole)
    return offsets[place], inside & hole[place]


def _costs(
    offsets: np.ndarray, patches: np.ndarray, places: np.ndarray, sources: np.ndarray
) -> np.ndarray:
    place, inside = _clip(places + offsets, sources)
    difference = patches[tuple(places.T)] - patches[place]
    cost = np.einsum("nc,nc->n", difference, difference)
    return np.where(inside & sources[place], cost, np.inf)


def _clip(places: np.ndarray, mask: np.ndarray) -> tuple[tuple, np.ndarray]:
    """Places moved into the mask, as an index, and which lay there."""
    last = np.array(mask.shape) - 1
    inside = ((places >= 0) & (places <= last)).all(-1)
    return tuple(np.clip(places, 0, last).T), inside
