"""`erasing.sharpening` in a graph."""

import numpy as np
import tensorflow as tf

from ce_tf.erasing.sharpening import AMOUNT, MEAN


def sharpen(image: tf.Tensor) -> tf.Tensor:
    """Unsharp masking of all of a picture.

    Args:
        image: float [H, W, 3] in [0, 255].

    Returns:
        float [H, W, 3] in [0, 255], whole numbers.
    """
    around = image[tf.newaxis]
    for _ in range(len(MEAN) // 2):  # the border's pixels go on
        around = tf.pad(around, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")
    kernel = tf.constant(np.multiply.outer(MEAN, MEAN)[..., np.newaxis, np.newaxis])
    kernel = tf.tile(kernel, [1, 1, 3, 1])
    mean = tf.nn.depthwise_conv2d(around, kernel, [1, 1, 1, 1], "VALID")[0]
    return tf.clip_by_value(tf.round(image + AMOUNT * (image - mean)), 0, 255)
