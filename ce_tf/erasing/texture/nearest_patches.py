"""Where in the known part of a picture a pixel of its hole has its like.

Offsets as in PatchMatch (Barnes et al. 2009), but exact: on a small grid all patches
can be compared by one matrix product.
"""

import cv2
import numpy as np

RADIUS = 3  # patches are 7x7
# Where there are more sources, those of every third row and column are compared:
# propagation tries what lies a pixel beside. A ninth of the time, and no worse.
_FEW, _EVERY = 1000, 3
_ROUNDS = 24
# What a way as long as the hole costs, and to take a patch once more.
_FAR, _TAKEN = 3, 0.05


def find_sources(known: np.ndarray) -> np.ndarray:
    """Where the middle of a wholly known patch lies: bool [h, w], as `known`."""
    size = 2 * RADIUS + 1
    eroded = cv2.erode(known.astype(np.uint8), np.ones((size, size)), borderValue=0)
    return eroded > 0


def find_offsets(
    image: np.ndarray, wanted: np.ndarray, known: np.ndarray
) -> np.ndarray | None:
    """Offsets to known patches that are similar, near, and not taken all over again.

    Of what is as similar, the near is more often the same thing. And where the fill is
    even, all of it would get the one patch that is as even, side by side, were there no
    price on what is used already, as in texture synthesis (Kaspar et al. 2015, "Self
    Tuning Texture Optimization").

    Args:
        image: float32 [h, w, C], colours and what else counts, the hole filled.
        wanted: bool [h, w], the pixels that want an offset.
        known: bool [h, w], the pixels that may be copied.

    Returns:
        int32 [h, w, 2], (rows, columns) from a wanted pixel to its like, 0 elsewhere;
        None where no patch is wholly known. Its like has the least of the squared
        distance over U, plus three times the way there over the longer side of what is
        wanted, plus 0.05 for each that took it, or a patch within a pixel of it, in
        rounds before. U is 1 more than the median of the least squared distances of the
        first round. In each of 24 rounds every 24th wanted pixel takes one.
    """
    sources, targets = np.argwhere(find_sources(known)), np.argwhere(wanted)
    if not len(sources):
        return None
    some = (sources % _EVERY == 0).all(-1)
    if len(sources) > _FEW and some.any():
        sources = sources[some]
    # Squared distances are lengths minus twice a product; centred, floats suffice.
    windows = _view_patches(image - image.mean((0, 1)))
    table = _read_patches(windows, sources)
    lengths = (table**2).sum(-1)
    longer = max(cv2.boundingRect(wanted.astype(np.uint8))[2:])
    middles, others = (places.astype(np.float32) for places in (targets, sources))
    nearest = np.empty(len(targets), np.int64)
    used = np.zeros(wanted.shape, np.float32)
    unit = None
    for first in range(min(_ROUNDS, len(targets))):
        some = slice(first, None, _ROUNDS)
        rows = _read_patches(windows, targets[some])
        costs = (rows**2).sum(-1)[:, np.newaxis] + lengths - 2 * rows @ table.T
        if unit is None:
            unit = float(np.median(costs.min(-1))) + 1
        down, along = (
            np.subtract.outer(middles[some, axis], others[:, axis]) for axis in (0, 1)
        )
        costs += cv2.magnitude(down, along) * (_FAR * unit / longer)
        around = cv2.boxFilter(used, -1, (3, 3), normalize=False)
        costs += _TAKEN * unit * around[tuple(sources.T)]
        nearest[some] = costs.argmin(-1)
        np.add.at(used, tuple(sources[nearest[some]].T), 1)
    offsets = np.zeros((*wanted.shape, 2), np.int32)
    offsets[wanted] = sources[nearest] - targets
    return offsets


def _view_patches(image: np.ndarray) -> np.ndarray:
    """[h, w, C] to the patch round each pixel, [h, w, C, 7, 7], without copying it."""
    size = 2 * RADIUS + 1
    border = (RADIUS, RADIUS, RADIUS, RADIUS, cv2.BORDER_REFLECT)
    padded = cv2.copyMakeBorder(image, *border)
    return np.lib.stride_tricks.sliding_window_view(padded, (size, size), (0, 1))


def _read_patches(windows: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Of [h, w, C, 7, 7] those at places, [n, 2]: float32 [n, C * 7 * 7]."""
    return windows[tuple(places.T)].reshape(len(places), -1)
