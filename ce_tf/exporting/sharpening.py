"""`erasing.sharpening` in a graph."""

import tensorflow as tf

from ce_tf.erasing.sharpening import AMOUNT, MEAN
from ce_tf.exporting.smoothing import smooth


def sharpen(image: tf.Tensor) -> tf.Tensor:
    """Unsharp masking of all of a picture.

    Args:
        image: float [H, W, 3] in [0, 255].

    Returns:
        float [H, W, 3] in [0, 255], whole numbers.
    """
    detail = image - smooth(image, MEAN)
    return tf.clip_by_value(tf.round(image + AMOUNT * detail), 0, 255)
