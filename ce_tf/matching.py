"""Where in the known part of a picture each pixel of a hole has its like.

Offsets as in PatchMatch (Barnes et al. 2009), but exact: at the size of the network's
own grid all patches can be compared by one matrix product. Then offsets are made
coherent, as neighbours with one offset copy one piece of the picture.
"""

import cv2
import numpy as np

_RADIUS = 3  # patches are 7x7
_ROWS = 512  # patches of the hole compared at a time: 25 MB against 12,000 others
# What a neighbour with another offset costs, over the median cost of a match.
_COHERENCE = 0.5
_SWEEPS = 8
_NEIGHBOURS = ((0, 1), (1, 0), (0, -1), (-1, 0))


def find_offsets(
    image: np.ndarray, hole: np.ndarray, known: np.ndarray
) -> np.ndarray | None:
    """Coherent offsets to the most similar known patches.

    Args:
        image: float32 [h, w, 3] in [0, 255], the hole filled.
        hole: bool [h, w], the pixels that want an offset.
        known: bool [h, w], the pixels that may be copied.

    Returns:
        int32 [h, w, 2], (rows, columns) from a pixel of the hole to its like, 0 outside
        the hole; None where no patch is wholly known.
    """
    size = 2 * _RADIUS + 1
    source = cv2.erode(known.astype(np.uint8), np.ones((size, size)), borderValue=0)
    sources, targets = np.argwhere(source), np.argwhere(hole)
    if not len(sources):
        return None
    # Squared distances are lengths minus twice a product; centred, floats suffice.
    patches = _all_patches(image - image.mean((0, 1)))
    table = patches[tuple(sources.T)]
    lengths = (table**2).sum(-1)
    nearest = np.empty(len(targets), np.int64)
    for start in range(0, len(targets), _ROWS):
        rows = patches[tuple(targets[start : start + _ROWS].T)]
        nearest[start : start + _ROWS] = (lengths - 2 * rows @ table.T).argmin(-1)
    offsets = np.zeros((*hole.shape, 2), np.int32)
    offsets[hole] = sources[nearest] - targets
    return _make_coherent(offsets, patches, targets, hole, source)


def _all_patches(image: np.ndarray) -> np.ndarray:
    """[h, w, 3] to the patch round each pixel, [h, w, 7 * 7 * 3]."""
    size = 2 * _RADIUS + 1
    padded = cv2.copyMakeBorder(image, *[_RADIUS] * 4, cv2.BORDER_REFLECT)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), (0, 1))
    return windows.reshape(*image.shape[:2], -1).astype(np.float32)


def _make_coherent(
    offsets: np.ndarray,
    patches: np.ndarray,
    targets: np.ndarray,
    hole: np.ndarray,
    source: np.ndarray,
) -> np.ndarray:
    """Lowers cost plus disagreement with neighbours, by taking over their offsets.

    Iterated conditional modes with a Potts term, half the chessboard at a time.
    """
    price = _COHERENCE * float(
        np.median(_costs(offsets[hole], patches, targets, source))
    )
    for sweep in range(_SWEEPS):
        half = targets[targets.sum(-1) % 2 == sweep % 2]
        if not len(half):
            continue
        place = tuple(half.T)
        around = [_read(offsets, hole, half, step) for step in _NEIGHBOURS]
        far = [
            _read(offsets, hole, half, (3 * row, 3 * column))
            for row, column in _NEIGHBOURS
        ]
        best, best_cost = offsets[place], np.full(len(half), np.inf)
        for candidate, usable in [(best, True), *around, *far]:
            cost = _costs(candidate, patches, half, source)
            for other, exists in around:
                cost = cost + price * (exists & (other != candidate).any(-1))
            better = usable & (cost < best_cost)
            best = np.where(better[:, np.newaxis], candidate, best)
            best_cost = np.where(better, cost, best_cost)
        offsets[place] = best
    return offsets


def _read(
    offsets: np.ndarray, hole: np.ndarray, places: np.ndarray, step: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Offsets of the pixels one step away, [n, 2], and whether they are of the hole."""
    there = places + step
    last = np.array(hole.shape) - 1
    inside = ((there >= 0) & (there <= last)).all(-1)
    place = tuple(np.clip(there, 0, last).T)
    return offsets[place], inside & hole[place]


def _costs(
    offsets: np.ndarray, patches: np.ndarray, places: np.ndarray, source: np.ndarray
) -> np.ndarray:
    """Squared distance of each place's patch to its like; infinite where none is."""
    there = places + offsets
    last = np.array(source.shape) - 1
    inside = ((there >= 0) & (there <= last)).all(-1)
    place = tuple(np.clip(there, 0, last).T)
    difference = patches[tuple(places.T)] - patches[place]
    cost = np.einsum("nc,nc->n", difference, difference)
    return np.where(inside & (source[place] > 0), cost, np.inf)
