"""How a fill and the texture that was painted over it become one picture.

Both are guesses, and their mean is softer than either: of two places for an edge it
shows a haze. So colours and shapes are the texture's, which has those of the photo; of
what is finer the mean is kept, which is nearer to the truth. But where the texture runs
another way than the fill, across a fence's bars say, it is what does not belong there,
and all is the fill's.
"""

import dataclasses

import cv2
import numpy as np

# Blocks, within which things are fine: so many along the hole's longer side, of at
# least so many pixels.
_BLOCKS, _LEAST = 24, 16
# What drift weighs against detail.
_DRIFT = 16
# The least share of the fine; what it grows by, from which softness of the fill down.
LEAST_SHARE, _SLOPE, _SOFT = 0.2, 5, 1.2
# What a texture that runs another way loses.
_ASTRAY = 4
_ROUND = np.array((1, 4, 6, 4, 1)) / 16


@dataclasses.dataclass(frozen=True)
class Shares:
    """How much of a texture the fill gets.

    Attributes:
        coarse: float32 [h, w], 0 to 1; 0 outside the hole.
        fine: likewise.
    """

    coarse: np.ndarray
    fine: np.ndarray


def weigh_brought(brought: np.ndarray, hole: np.ndarray, shares: Shares) -> np.ndarray:
    """What is added to the fill: a share of the coarse, and one of the fine.

    Args:
        brought: float32 [h, w, 3], texture minus fill.
        hole: bool [h, w], not empty.
        shares: of each pixel.

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
    within *= shares.fine[box][..., np.newaxis]
    coarse *= shares.coarse[box][..., np.newaxis]
    within += coarse
    within *= own
    return weighed


def share_texture(
    fill: np.ndarray, brought: np.ndarray, hole: np.ndarray, drawn: np.ndarray
) -> Shares:
    """How much the texture gives: more where it is right, and wanted.

    It is wrong where the fill runs one way and it another, or none. It is wanted where
    the fill is softer; and where the texture's colours are those of the fill over whole
    blocks, the fill was right about what is there, and the texture shows the same, with
    grain.

    Args:
        fill: uint8 [h, w, 3].
        brought: float32 [h, w, 3], texture minus fill; 0 outside the hole.
        hole: bool [h, w], not empty.
        drawn: bool [h, w], what is laid over the texture: there both may run any way.

    Returns:
        Of the coarse p = 1 - 4 a (a - b), 0 to 1, of the fine min(1, 5 q (1.2 - r)) p,
        at least 0.2. Linear between the middles of blocks, as in `weigh_brought`, of
        which each has sums over the hole's pixels and the channels, and over the blocks
        round it by the binomial's weights (1 4 6 4 1) down and across. a is the way
        that the fill's slopes g run, the sums of (gx^2 - gy^2, 2 gx gy) over that of
        g^2 + 1, by Sobel, levels a pixel, where all that they are made of is hole and
        not drawn; b the texture's. r is the fine of the fill, plus 1, over that of the
        texture, plus 1; q = detail / (detail + 16 drift + 1), where detail is the fine
        of `brought`, and drift its coarse: the mean square of the means of blocks; fine
        is what the mean square has beyond that, in squared levels.
    """
    box = _box(hole)
    own, brought = hole[box], brought[box]
    height, width = own.shape
    side = _block_side(height, width)
    soft = fill[box] * own[..., np.newaxis].astype(np.float32)
    sharp = soft + brought
    count = _sum_blocks(own, side)
    drift, detail = _split_squares(brought, count, side)
    fine, wanted = (_split_squares(each, count, side)[1] for each in (soft, sharp))
    drift, detail, fine, wanted, count = (
        _sum_around(values) for values in (drift, detail, fine, wanted, count)
    )
    one = np.maximum(3 * count, 1e-9)  # of a squared level, in each pixel and channel
    right = detail / (detail + _DRIFT * drift + one)
    softness = (fine + one) / (wanted + one)
    share = np.minimum(_SLOPE * right * (_SOFT - softness), 1)
    free = (own & ~drawn[box]).astype(np.uint8)
    inner = cv2.erode(free, np.ones((3, 3), np.uint8), borderValue=0)
    way, other = (_find_way(each, inner, side, one) for each in (soft, sharp))
    astray = (way * (way - other)).sum(-1)
    along = (1 - _ASTRAY * astray).clip(0, 1)
    return Shares(
        *(
            _spread_blocks(blocks, side, hole, box)
            for blocks in (along, np.maximum(share * along, LEAST_SHARE))
        )
    )


def _find_way(
    pixels: np.ndarray, inner: np.ndarray, side: int, one: np.ndarray
) -> np.ndarray:
    """Which way slopes run in and round each block: float64 [rows, columns, 2].

    Args:
        pixels: float32 [h, w, 3].
        inner: uint8 [h, w], 1 = its slope counts.
        side: of a block, pixels.
        one: float64 [rows, columns], what is added to the sums of squares.

    Returns:
        Cosine and sine of twice the angle, the shorter the less they run one way.
    """
    right, down = (
        cv2.Sobel(pixels, cv2.CV_32F, *order, scale=1 / 8) * inner[..., np.newaxis]
        for order in ((1, 0), (0, 1))
    )
    square, cosine, sine = (
        _sum_around(_sum_blocks(products.sum(-1), side))
        for products in (
            right * right + down * down,
            right * right - down * down,
            2 * right * down,
        )
    )
    return np.stack([cosine, sine], -1) / (square + one)[..., np.newaxis]


def _spread_blocks(
    blocks: np.ndarray, side: int, hole: np.ndarray, box: tuple[slice, slice]
) -> np.ndarray:
    """Values of blocks, linear between their middles: float32, 0 outside the hole."""
    rows, columns = blocks.shape
    between = cv2.resize(blocks.astype(np.float32), (columns * side, rows * side))
    values = np.zeros(hole.shape, np.float32)
    height, width = hole[box].shape
    values[box] = between[:height, :width] * hole[box]
    return values


def _sum_around(values: np.ndarray) -> np.ndarray:
    """Values of blocks, each with those round it by their weights."""
    return cv2.sepFilter2D(values, -1, _ROUND, _ROUND, borderType=cv2.BORDER_CONSTANT)


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
