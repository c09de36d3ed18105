"""Whether a texture runs the way that the fill runs.

Bars of a fence and the grain of planks are in the fill, if softly; what runs another
way does not belong there, be its colours right. In grass the fill runs no way: any may.
"""

import cv2
import numpy as np

from ce_tf.erasing.structure_tensor import multiply_slopes
from ce_tf.erasing.texture.blocks import Blocks

# What a texture that runs another way loses.
_ASTRAY = 4
_SQUARE = np.ones((3, 3), np.uint8)
_EIGHTHS = 64  # squared, of a squared level


def measure_alignment(
    fill: np.ndarray,
    texture: np.ndarray,
    free: np.ndarray,
    blocks: Blocks,
    one: np.ndarray,
) -> np.ndarray:
    """How far the texture of each block runs as the fill does.

    Args:
        fill: float32 [h, w, 3], the hole's box.
        texture: likewise.
        free: bool [h, w], what counts.
        blocks: of the hole.
        one: float64 [rows, columns], a squared level in each of a block's numbers.

    Returns:
        float64 [rows, columns]: 1 - 4 a (a - b), 0 to 1. a is the way that the fill's
        slopes g run, the sums of (gx^2 - gy^2, 2 gx gy) over that of g^2 + 1, by Sobel,
        levels a pixel, where all that they are made of counts; in the block and those
        round it (`structure_tensor`). The shorter it is, the less they run one way. b
        is the texture's.
    """
    inner = cv2.erode(free.astype(np.float32), _SQUARE, borderValue=0)
    way, other = (_find_way(each, inner, blocks, one) for each in (fill, texture))
    return (1 - _ASTRAY * (way * (way - other)).sum(-1)).clip(0, 1)


def _find_way(
    pixels: np.ndarray, inner: np.ndarray, blocks: Blocks, one: np.ndarray
) -> np.ndarray:
    """a of pixels where `inner` is 1: float64 [rows, columns, 2]."""
    square, cosine, sine = (
        blocks.add_around(blocks.add_up(products.sum(-1)))
        for products in multiply_slopes(pixels, inner[..., np.newaxis])
    )
    return np.stack([cosine, sine], -1) / (square + _EIGHTHS * one)[..., np.newaxis]
