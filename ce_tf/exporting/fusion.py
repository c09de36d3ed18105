"""`erasing.fusion` in a graph."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from ce_tf.completion.composition import complete
from ce_tf.erasing.fusion import NOISE, SIDE
from ce_tf.exporting.smoothing import smooth

_MEAN = np.full(SIDE, 1 / SIDE, np.float32)


def fuse(guesses: Sequence[tf.Tensor], photo: tf.Tensor, hole: tf.Tensor) -> tf.Tensor:
    """Guesses as one.

    Args:
        guesses: float [H, W, 3] in [0, 255]; what counts is in the hole.
        photo: float [H, W, 3] in [0, 255].
        hole: float [H, W, 1], 1 = hole, 0 = kept; some is kept.

    Returns:
        float [H, W, 3] in [0, 255], in the hole whole numbers.
    """
    share, number = tf.maximum(smooth(hole, _MEAN), 1 / SIDE**2), len(guesses)
    details = [guess - smooth(guess * hole, _MEAN) / share for guess in guesses]
    strengths = [
        number * tf.reduce_sum(tf.abs(detail), -1, True) + NOISE for detail in details
    ]
    common = tf.add_n(details)
    change = tf.add_n(
        [
            strength * (number * detail - common)
            for strength, detail in zip(strengths, details, strict=True)
        ]
    )
    total, change = tf.add_n(list(guesses)), change / tf.add_n(strengths)
    mean, fused = (tf.floor((total + by) / number + 0.5) for by in (0, change))
    # So far away that least and most are those of the rest.
    least = tf.minimum(mean, tf.reduce_min(photo + 255 * hole, [0, 1]))
    most = tf.maximum(mean, tf.reduce_max(photo - 255 * hole, [0, 1]))
    return complete(photo, hole, tf.clip_by_value(fused, least, most))
