"""Offsets that are better than a place's own are often those beside it.

PatchMatch's propagation (Barnes et al. 2009, section 3.2). No price is put on what
neighbours disagree in: where patches overlap, several guesses of the same pixel then
come from several places, and their mean is nearer to the truth than one piece of photo.
"""

import numpy as np

from ce_tf.erasing.texture.patch_voting import PaintedLevel

_NEIGHBOURS = np.array(((0, 1), (1, 0), (0, -1), (-1, 0)))
_JUMP = 3  # cells to the further ones whose offsets are tried too
_CHUNK = 4096  # places at a time: 13 candidates each are 10 MB


def propagate_offsets(
    scale: PaintedLevel, offsets: np.ndarray, sweeps: int
) -> np.ndarray:
    """Lowers costs, by trying what neighbours have, and one pixel off.

    Args:
        scale: that measures.
        offsets: int [*cells.shape, 2], pixels.
        sweeps: how many halves of the chessboard are gone through.

    Returns:
        Offsets of the same shape.
    """
    offsets = offsets.copy()
    cells = np.argwhere(scale.cells)
    for sweep in range(sweeps):
        half = cells[cells.sum(-1) % 2 == sweep % 2]
        before = offsets.copy()
        for start in range(0, len(half), _CHUNK):
            part = half[start : start + _CHUNK]
            offsets[tuple(part.T)] = _improve(scale, before, part)
    return offsets


def _improve(
    scale: PaintedLevel, offsets: np.ndarray, places: np.ndarray
) -> np.ndarray:
    """The best of the candidates of each place, [n, 2]; no two places are adjacent."""
    steps = np.concatenate([_NEIGHBOURS, _JUMP * _NEIGHBOURS])
    others, exists = _read(offsets, scale.cells, places, steps)
    own = offsets[tuple(places.T)]
    shifted = own + _NEIGHBOURS[:, np.newaxis]
    # What a place has comes first: another must be better than it.
    candidates = np.concatenate([own[np.newaxis], others, shifted])
    usable = np.ones(candidates.shape[:2], bool)
    usable[1 : 1 + len(steps)] = exists
    usable[1:] &= (candidates[1:] != own).any(-1)
    which, cell = usable.nonzero()
    patches = scale.read_painted(places)
    costs = np.full(usable.shape, np.inf, np.float32)
    costs[usable] = scale.measure(places[cell], candidates[which, cell], patches[cell])
    return candidates[costs.argmin(0), np.arange(len(places))]


def _read(
    offsets: np.ndarray, cells: np.ndarray, places: np.ndarray, steps: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Offsets of cells some steps away, [k, n, 2], and which there are, [k, n]."""
    there = places + steps[:, np.newaxis]
    last = np.array(cells.shape) - 1
    inside = ((there >= 0) & (there <= last)).all(-1)
    place = tuple(np.moveaxis(there.clip(0, last), -1, 0))
    return offsets[place], inside & cells[place]
