"""`erasing.fusion` in a graph."""

import numpy as np
import tensorflow as tf

from ce_tf.completion.composition import complete
from ce_tf.erasing.fusion import NOISE, SIDE
from ce_tf.exporting.smoothing import smooth

_MEAN = np.full(SIDE, 1 / SIDE, np.float32)


def fuse(
    first: tf.Tensor, second: tf.Tensor, photo: tf.Tensor, hole: tf.Tensor
) -> tf.Tensor:
    """Two guesses as one.

    Args:
        first: float [H, W, 3] in [0, 255]; what counts is in the hole.
        second: likewise.
        photo: float [H, W, 3] in [0, 255].
        hole: float [H, W, 1], 1 = hole, 0 = kept; some is kept.

    Returns:
        float [H, W, 3] in [0, 255], in the hole whole numbers.
    """
    share = tf.maximum(smooth(hole, _MEAN), 1 / SIDE**2)
    detail, other = (
        pixels - smooth(pixels * hole, _MEAN) / share for pixels in (first, second)
    )
    strength, rival = (tf.reduce_sum(tf.abs(d), -1, True) for d in (detail, other))
    change = (strength - rival) / (strength + rival + NOISE) * (detail - other)
    mean, fused = (tf.floor((first + second + by + 1) / 2) for by in (0, change))
    # So far away that least and most are those of the rest.
    least = tf.minimum(mean, tf.reduce_min(photo + 255 * hole, [0, 1]))
    most = tf.maximum(mean, tf.reduce_max(photo - 255 * hole, [0, 1]))
    return complete(photo, hole, tf.clip_by_value(fused, least, most))
