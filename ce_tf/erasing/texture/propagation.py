"""Offsets that continue those beside them: neighbours then copy one piece of a picture.

PatchMatch's propagation (Barnes et al. 2009, section 3.2) with a price on disagreement.
"""

import numpy as np

from ce_tf.erasing.texture.patch_voting import PaintedLevel

# What a neighbour with another offset costs, over the median cost of a match.
_PRICE = 0.5
_NEIGHBOURS = np.array(((0, 1), (1, 0), (0, -1), (-1, 0)))
_JUMP = 3  # cells to the further ones whose offsets are tried too
_CHUNK = 4096  # places at a time: 13 candidates each are 10 MB


def make_coherent(scale: PaintedLevel, offsets: np.ndarray, sweeps: int) -> np.ndarray:
    """Lowers cost plus disagreement, by trying what neighbours have, and one pixel off.

    Iterated conditional modes with a Potts term, half the chessboard at a time.

    Args:
        scale: that measures.
        offsets: int [*cells.shape, 2], pixels.
        sweeps: how many halves are gone through.

    Returns:
        Offsets of the same shape.
    """
    offsets = offsets.copy()
    cells = np.argwhere(scale.cells)
    costs = scale.measure(cells, offsets[scale.cells])
    price = _PRICE * float(np.median(costs))
    if not np.isfinite(price):  # most of them point nowhere: any move is a good one
        price = 0.0
    for sweep in range(sweeps):
        half = cells[cells.sum(-1) % 2 == sweep % 2]
        before = offsets.copy()
        for start in range(0, len(half), _CHUNK):
            part = half[start : start + _CHUNK]
            offsets[tuple(part.T)] = _improve(scale, before, part, price)
    return offsets


def _improve(
    scale: PaintedLevel, offsets: np.ndarray, places: np.ndarray, price: float
) -> np.ndarray:
    """The best of the candidates of each place, [n, 2]; no two places are adjacent."""
    around, exists = _read(offsets, scale.cells, places, _NEIGHBOURS)
    far, reached = _read(offsets, scale.cells, places, _JUMP * _NEIGHBOURS)
    own = offsets[tuple(places.T)]
    shifted = own + _NEIGHBOURS[:, np.newaxis]
    # What a place has comes first: another must be better than it.
    candidates = np.concatenate([own[np.newaxis], around, far, shifted])
    usable = np.ones(candidates.shape[:2], bool)
    usable[1:9] = np.concatenate([exists, reached])
    usable[1:] &= (candidates[1:] != own).any(-1)
    which, cell = usable.nonzero()
    patches = scale.read_painted(places)
    energy = np.full(usable.shape, np.inf, np.float32)
    energy[usable] = scale.measure(places[cell], candidates[which, cell], patches[cell])
    other = (candidates[:, np.newaxis] != around).any(-1)
    energy += np.float32(price) * (other & exists).sum(1)
    return candidates[energy.argmin(0), np.arange(len(places))]


def _read(
    offsets: np.ndarray, cells: np.ndarray, places: np.ndarray, steps: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Offsets of cells some steps away, [k, n, 2], and which there are, [k, n]."""
    there = places + steps[:, np.newaxis]
    last = np.array(cells.shape) - 1
    inside = ((there >= 0) & (there <= last)).all(-1)
    place = tuple(np.moveaxis(there.clip(0, last), -1, 0))
    return offsets[place], inside & cells[place]
