"""`images.mask.find_hole` in a graph."""

import tensorflow as tf

from ce_tf.images.mask import HOLE_FROM


def find_hole(values: tf.Tensor, full: int = 255) -> tf.Tensor:
    """The hole of masks by their values: from 64 of 255 on, or what is not 0.

    Args:
        values: uint8 or uint16 [..., H, W, C], of each mask by itself.
        full: the largest value that there can be, 255 or 65535.

    Returns:
        uint8 [..., H, W, 1], 1 = hole; of colours the brightest counts.
    """
    numbers = tf.reduce_max(tf.cast(values, tf.int32), -1, keepdims=True)
    largest = tf.reduce_max(numbers, (-3, -2), keepdims=True)
    between = (numbers > 0) & (numbers < largest)
    several = tf.reduce_any(between, (-3, -2), keepdims=True)
    least = tf.where(several, HOLE_FROM * (full // 255), 1)
    return tf.cast(numbers >= least, tf.uint8)
