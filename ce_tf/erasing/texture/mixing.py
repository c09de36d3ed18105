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
# What drift weighs against detail.
_DRIFT = 16
# The least share of the fine; what it grows by, from which softness of the fill down.
LEAST_SHARE, _SLOPE, _SOFT = 0.2, 5, 1.2
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
    side = _block_side(height, width)
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


def share_fine(fill: np.ndarray, brought: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """How much of its fine the texture gives: more where it is wanted, and right.

    It is wanted where the fill is softer than the texture. And where the texture's
    colours are those of the fill over whole blocks, the fill was right about what is
    there, and the texture shows the same, with grain.

    Args:
        fill: uint8 [h, w, 3].
        brought: float32 [h, w, 3], texture minus fill; 0 outside the hole.
        hole: bool [h, w], not empty.

    Returns:
        float32 [h, w], 0.2 to 1; 0 outside the hole: 5 q (1.2 - r). r is the fine of
        the fill, plus 1, over that of the texture, plus 1; q = detail / (detail + 16
        drift + 1), where detail is the fine of `brought`, and drift its coarse. Coarse
        is the mean square of the means of blocks, as in `weigh_brought`; fine what the
        mean square has beyond that; both over the hole's pixels and channels, in
        squared grey levels, and over the blocks round a block by the binomial's weights
        (1 4 6 4 1) down and across. Linear between the blocks' middles.
    """
    box = _box(hole)
    own, brought = hole[box], brought[box]
    height, width = own.shape
    side = _block_side(height, width)
    soft = fill[box] * own[..., np.newaxis].astype(np.float32)
    count = _sum_blocks(own, side)
    drift, detail = _split_squares(brought, count, side)
    fine, wanted = (
        _split_squares(values, count, side)[1] for values in (soft, soft + brought)
    )
    drift, detail, fine, wanted, count = (
        cv2.sepFilter2D(values, -1, _ROUND, _ROUND, borderType=cv2.BORDER_CONSTANT)
        for values in (drift, detail, fine, wanted, count)
    )
    one = np.maximum(3 * count, 1e-9)  # of a squared level, in each pixel and channel
    right = detail / (detail + _DRIFT * drift + one)
    softness = (fine + one) / (wanted + one)
    share = _SLOPE * right * (_SOFT - softness)
    blocks = share.clip(LEAST_SHARE, 1).astype(np.float32)
    rows, columns = blocks.shape
    shares = np.zeros(hole.shape, np.float32)
    between = cv2.resize(blocks, (columns * side, rows * side))
    shares[box] = between[:height, :width] * own
    return shares


def _split_squares(
    values: np.ndarray, count: np.ndarray, side: int
) -> tuple[np.ndarray, np.ndarray]:
    """Of the sum of squares of [h, w, 3] in each block, its mean's part, and the rest.

    Args:
        values: 0 outside the hole.
        count: of the hole's pixels in each block.
        side: of a block, pixels.
    """
    sums = _sum_blocks(values, side)
    coarse = np.square(sums).sum(-1) / np.maximum(count, 1)
    square = _sum_blocks(np.square(values).sum(-1), side)
    return coarse, np.maximum(square - coarse, 0)


def _block_side(height: int, width: int) -> int:
    return max(_LEAST, -(-max(width, height) // _BLOCKS))


def _sum_blocks(values: np.ndarray, side: int) -> np.ndarray:
    """[h, w, ...] to float64 [h / side, w / side, ...], rounded up."""
    for axis in (0, 1):
        starts = np.arange(0, values.shape[axis], side)
        values = np.add.reduceat(values, starts, axis, np.float64)
    return values


def _box(hole: np.ndarray) -> tuple[slice, slice]:
    left, top, width, height = cv2.boundingRect(hole.astype(np.uint8))
    return np.s_[top : top + height, left : left + width]
