"""Offsets that continue those beside them: neighbours then copy one piece of a picture.

PatchMatch's propagation (Barnes et al. 2009, section 3.2) with a price on disagreement.
"""

import numpy as np

from ce_tf.erasing.texture.patch_voting import PaintedLevel

# What a neighbour with another offset costs, over the median cost of a match.
_PRICE = 0.5
_NEIGHBOURS = np.array(((0, 1), (1, 0), (0, -1), (-1, 0)))
_JUMP = 3  # cells to the further ones whose offsets are tried too


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
        if len(half):
            offsets[tuple(half.T)] = _improve(scale, offsets, half, price)
    return offsets


def _improve(
    scale: PaintedLevel, offsets: np.ndarray, places: np.ndarray, price: float
) -> np.ndarray:
    """The best of the candidates of each place, [n, 2]; no two places are adjacent."""
    patches = scale.read_painted(places)
    around = [_read(offsets, scale.cells, places, step) for step in _NEIGHBOURS]
    best = offsets[tuple(places.T)]
    own = scale.measure(places, best, patches)
    best_energy = own + price * _disagreement(best, around)
    far = [_read(offsets, scale.cells, places, _JUMP * step) for step in _NEIGHBOURS]
    shifted = [(best + step, True) for step in _NEIGHBOURS]
    for candidate, usable in [*around, *far, *shifted]:
        tried = np.flatnonzero(usable & (candidate != best).any(-1))
        if not len(tried):
            continue
        energy = price * _disagreement(candidate, around)
        energy[tried] += scale.measure(places[tried], candidate[tried], patches[tried])
        better = np.zeros(len(places), bool)
        better[tried] = energy[tried] < best_energy[tried]
        best = np.where(better[:, np.newaxis], candidate, best)
        best_energy = np.where(better, energy, best_energy)
    return best


def _disagreement(
    candidate: np.ndarray, around: list[tuple[np.ndarray, np.ndarray]]
) -> np.ndarray:
    """How many neighbours have another offset, float32 [n]."""
    count = np.zeros(len(candidate), np.float32)
    for other, exists in around:
        count += exists & (other != candidate).any(-1)
    return count


def _read(
    offsets: np.ndarray, cells: np.ndarray, places: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Offsets of the cells one step away, [n, 2], and whether there is such a cell."""
    there = places + step
    last = np.array(cells.shape) - 1
    inside = ((there >= 0) & (there <= last)).all(-1)
    place = tuple(np.clip(there, 0, last).T)
    return offsets[place], inside & cells[place]
