"""`erasing.fusion` in a graph."""

import numpy as np
import tensorflow as tf

from ce_tf.erasing.fusion import NOISE, SIDE
from ce_tf.exporting.smoothing import smooth

_MEAN = np.full(SIDE, 1 / SIDE, np.float32)


def fuse(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """Two guesses as one.

    Args:
        first: float [H, W, 3] in [0, 255], a picture completed.
        second: likewise.

    Returns:
        float [H, W, 3] in [0, 255], whole numbers.
    """
    detail, other = (pixels - smooth(pixels, _MEAN) for pixels in (first, second))
    strength, rival = (tf.reduce_sum(tf.abs(d), -1, True) for d in (detail, other))
    share = (strength - rival) / (strength + rival + NOISE) / 2
    fused = (first + second + share * (detail - other)) / 2
    return tf.clip_by_value(tf.floor(fused + 0.5), 0, 255)
