"""How a fill and the texture that was painted over it become one picture.

Both are guesses, and their mean is softer than either: of two places for an edge it
shows a haze. So colours and shapes are the texture's for the most part, which has those
of the photo; of what is finer the mean is kept, which is nearer to the truth, but of
the finest more of that which is stronger, as of looks (`fusion`). And where the texture
runs another way than the fill, across a fence's bars say, it is what does not belong
there, and all is the fill's.
"""

import dataclasses

import cv2
import numpy as np

from ce_tf.erasing.details import count_around, find_details, measure_strength
from ce_tf.erasing.fusion import NOISE
from ce_tf.erasing.texture.alignment import measure_alignment
from ce_tf.erasing.texture.blocks import Blocks

# What drift weighs against detail.
_DRIFT = 12
# The least share of the fine; what it grows by, from which softness of the fill down.
LEAST_SHARE, _SLOPE, _SOFT = 0.2, 5, 1.2
# The most of the coarse.
_COARSE = 0.75
# Side of the square whose mean the finest is the difference to.
_SIDE = 5


@dataclasses.dataclass(frozen=True)
class Shares:
    """How much of a texture the fill gets.

    Attributes:
        along: float32 [h, w], 0 to 1: how far it runs as the fill does; 0 outside the
            hole.
        fine: likewise, of the fine.
    """

    along: np.ndarray
    fine: np.ndarray


def weigh_brought(
    fill: np.ndarray, brought: np.ndarray, hole: np.ndarray, shares: Shares
) -> np.ndarray:
    """What is added to the fill: a share of the coarse, and one of the fine.

    Args:
        fill: uint8 [h, w, 3].
        brought: float32 [h, w, 3], texture minus fill.
        hole: bool [h, w], not empty.
        shares: of each pixel.

    Returns:
        float32 [h, w, 3]; 0 outside the hole. Coarse are the means of blocks over the
        hole's pixels, linear between their middles: the fill gets 0.75 p of it, where p
        is how far the texture runs as the fill does. Of the finest, the difference to
        the mean of what is hole of the 5x5 round each pixel, it gets, in place of the
        share s, s + p (s t / (s t + (1 - s) f) - s), by how strong that of the texture,
        t, and of the fill, f, are: the sums of the three channels' absolute values, 3
        more.
    """
    blocks = Blocks(hole)
    box, own = blocks.box, blocks.own[..., np.newaxis]
    height, width = blocks.own.shape
    # Sums of three channels, and how many pixels; all is done in two arrays.
    rows, columns = (-(-length // blocks.side) for length in (height, width))
    pixels = np.zeros((rows * blocks.side, columns * blocks.side, 4), np.float32)
    inner = pixels[:height, :width]
    np.multiply(brought[box], own, out=inner[..., :3])
    inner[..., 3:] = own
    means = cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)
    means = means.reshape(rows, columns, 4)
    cv2.resize(means, pixels.shape[1::-1], pixels, interpolation=cv2.INTER_LINEAR)
    coarse = inner[..., :3]
    coarse /= np.maximum(inner[..., 3:], 1e-6)
    weighed = np.zeros_like(brought)
    within, share, along = weighed[box], shares.fine[box], shares.along[box]
    np.subtract(brought[box], coarse, out=within)
    within *= share[..., np.newaxis]
    coarse *= _COARSE * along[..., np.newaxis]
    within += coarse
    more = _prefer_strong(fill[box], brought[box], blocks.own, share)
    more *= along[..., np.newaxis]
    within += more
    within *= own
    return weighed


def _prefer_strong(
    fill: np.ndarray, brought: np.ndarray, hole: np.ndarray, share: np.ndarray
) -> np.ndarray:
    """What the finest gets beyond its share where p is 1, as in `weigh_brought`."""
    inner = hole.astype(np.float32)
    count = count_around(inner, _SIDE)
    soft = find_details(fill.astype(np.float32), inner, count, _SIDE)
    change = find_details(brought, inner, count, _SIDE)
    own, strong = (
        part * (measure_strength(details) + NOISE * count)
        for part, details in ((1 - share, soft), (share, soft + change))
    )
    more = strong / np.maximum(own + strong, 1e-6) - share
    change *= (more / count)[..., np.newaxis]
    return change


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
        p, how far it runs as the fill does (`alignment`), and of the fine
        min(1, 5 q (1.2 - r)) p, at least 0.2. Linear between the middles of
        blocks, of which each has sums over the hole's pixels and the channels and over
        the blocks round it. r is the fine of the fill, plus 1, over that of the
        texture, plus 1; q = detail / (detail + 12 drift + 1), where detail is the fine
        of `brought`, and drift its coarse: the mean square of the means of blocks; fine
        is what the mean square has beyond that, in squared levels.
    """
    blocks = Blocks(hole)
    own, brought = blocks.own, brought[blocks.box]
    soft = fill[blocks.box] * own[..., np.newaxis].astype(np.float32)
    sharp = soft + brought
    count = blocks.add_up(own)
    drift, detail = _split_squares(brought, count, blocks)
    fine, wanted = (_split_squares(each, count, blocks)[1] for each in (soft, sharp))
    drift, detail, fine, wanted, count = (
        blocks.add_around(sums) for sums in (drift, detail, fine, wanted, count)
    )
    one = np.maximum(3 * count, 1e-9)  # of a squared level, in each pixel and channel
    right = detail / (detail + _DRIFT * drift + one)
    softness = (fine + one) / (wanted + one)
    share = np.minimum(_SLOPE * right * (_SOFT - softness), 1)
    along = measure_alignment(soft, sharp, own & ~drawn[blocks.box], blocks, one)
    share = np.maximum(share * along, LEAST_SHARE)
    return Shares(blocks.spread(along), blocks.spread(share))


def _split_squares(
    values: np.ndarray, count: np.ndarray, blocks: Blocks
) -> tuple[np.ndarray, np.ndarray]:
    """Of the sum of squares of [h, w, 3] in each block, its mean's part, and the rest.

    Args:
        values: 0 outside the hole.
        count: of the hole's pixels in each block.
        blocks: of the hole.
    """
    sums = blocks.add_up(values)
    coarse = np.square(sums).sum(-1) / np.maximum(count, 1)
    square = blocks.add_up(np.square(values).sum(-1))
    return coarse, np.maximum(square - coarse, 0)
