"""How a fill and the texture that was painted over it become one picture.

Both are guesses, and their mean is softer than either: of two places for an edge it
shows a haze. So colours and shapes are the texture's, which has those of the photo; of
what is finer the mean is kept, which is nearer to the truth.
"""

import cv2
import numpy as np

# Blocks, within which things are fine: so many along the hole's longer side, of at
# least so many pixels.
_BLOCKS, _LEAST = 24, 16
# The same of those whose means say how far the texture drifts from the fill.
_DRIFTING, _LEAST_DRIFTING = 8, 8
# What drift weighs against detail.
_DRIFT = 16
# The least share of the fine, and its line over the share of detail; how much sooner it
# rises where the fill was enlarged twice or more, and not from 1.5 times down.
LEAST_SHARE, _SLOPE, _START, _EARLIER = 0.3, 3, 0.8, 0.6
_ROUND = np.array((1, 4, 6, 4, 1)) / 16


def weigh_brought(
    brought: np.ndarray, hole: np.ndarray, share: np.ndarray
) -> np.ndarray:
    """What is added to the fill: all of the coarse, and a share of the fine.

    Args:
        brought: float32 [h, w, 3], texture minus fill.
        hole: bool [h, w], not empty.
        share: float32 [h, w], 0 to 1.

    Returns:
        float32 [h, w, 3]; 0 outside the hole. Coarse are the means of blocks over the
        hole's pixels, a 24th of its longer side but at least 16 pixels long, from its
        box on, linear between their middles.
    """
    box = _box(hole)
    height, width = hole[box].shape
    side = max(_LEAST, -(-max(width, height) // _BLOCKS))
    own = hole[box][..., np.newaxis]
    # Sums of three channels, and how many pixels; all is done in two arrays.
    rows, columns = (-(-length // side) for length in (height, width))
    pixels = np.zeros((rows * side, columns * side, 4), np.float32)
    inner = pixels[:height, :width]
    np.multiply(brought[box], own, out=inner[..., :3])
    inner[..., 3:] = own
    blocks = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
    blocks = blocks.reshape(rows, columns, 4)
    cv2.resize(blocks, pixels.shape[1::-1], pixels, interpolation=cv2.INTER_LINEAR)
    coarse = inner[..., :3]
    coarse /= np.maximum(inner[..., 3:], 1e-6)
    weighed = np.zeros_like(brought)
    within = weighed[box]
    np.subtract(brought[box], coarse, out=within)
    within *= share[box][..., np.newaxis]
    within += coarse
    within *= own
    return weighed


def share_fine(
    brought: np.ndarray, hole: np.ndarray, enlarged: float = 1.0
) -> np.ndarray:
    """How much of its fine the texture gives: more where it does not drift.

    Where its colours are those of the fill over whole blocks, the fill was right about
    what is there, and the texture shows the same, with grain. A fill that was enlarged
    has no grain at all.

    Args:
        brought: float32 [h, w, 3], texture minus fill; 0 outside the hole.
        hole: bool [h, w], not empty.
        enlarged: side of the window over that of what the network drew.

    Returns:
        float32 [h, w], 0.3 to 1; 0 outside the hole: 3 q - 0.8, or 3 q - 0.2 for what
        was enlarged twice or more, between from 1.5 times on; q = detail / (detail + 16
        drift + 1). Drift is the mean square of the means of `brought` over blocks, an
        eighth of the hole's longer side but at least 8 pixels long, from its box on;
        detail what its mean square has beyond that; both over pixels and channels, in
        squared grey levels, and over the blocks round a block by the binomial's weights
        (1 4 6 4 1) down and across. Linear between the blocks' middles.
    """
    box = _box(hole)
    own = hole[box]
    height, width = own.shape
    side = max(_LEAST_DRIFTING, -(-max(width, height) // _DRIFTING))
    square = np.square(brought[box]).sum(-1)
    sums, square, count = (
        _sum_blocks(values, side) for values in (brought[box], square, own)
    )
    drift = np.square(sums).sum(-1) / np.maximum(count, 1)
    drift, square, count = (
        cv2.sepFilter2D(values, -1, _ROUND, _ROUND, borderType=cv2.BORDER_CONSTANT)
        for values in (drift, square, count)
    )
    pixels = np.maximum(3 * count, 1e-9)
    drift, square = drift / pixels, square / pixels
    detail = np.maximum(square - drift, 0)
    start = _START - _EARLIER * min(max(2 * enlarged - 3, 0), 1)
    share = _SLOPE * detail / (detail + _DRIFT * drift + 1) - start
    blocks = share.clip(LEAST_SHARE, 1).astype(np.float32)
    rows, columns = blocks.shape
    shares = np.zeros(hole.shape, np.float32)
    between = cv2.resize(blocks, (columns * side, rows * side))
    shares[box] = between[:height, :width] * own
    return shares


def _sum_blocks(values: np.ndarray, side: int) -> np.ndarray:
    """[h, w, ...] to float64 [h / side, w / side, ...], rounded up."""
    for axis in (0, 1):
        starts = np.arange(0, values.shape[axis], side)
        values = np.add.reduceat(values, starts, axis, np.float64)
    return values


def _box(hole: np.ndarray) -> tuple[slice, slice]:
    left, top, width, height = cv2.boundingRect(hole.astype(np.uint8))
    return np.s_[top : top + height, left : left + width]
