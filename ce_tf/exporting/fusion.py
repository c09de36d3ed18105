"""`erasing.fusion` in a graph."""

import tensorflow as tf

from ce_tf.erasing.fusion import NOISE, REACH, SIDE


def fuse(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """Two guesses as one.

    Args:
        first: float [H, W, 3] in [0, 255], a picture completed.
        second: likewise.

    Returns:
        float [H, W, 3] in [0, 255], whole numbers.
    """
    detail, other = (pixels - _average(pixels) for pixels in (first, second))
    strength, rival = (tf.reduce_sum(tf.abs(d), -1, True) for d in (detail, other))
    share = (strength - rival) / (strength + rival + NOISE) / 2
    fused = (first + second + share * (detail - other)) / 2
    return tf.clip_by_value(tf.floor(fused + 0.5), 0, 255)


def _average(pixels: tf.Tensor) -> tf.Tensor:
    """Means of the square round each pixel, beyond the border the nearest one."""
    pixels = pixels[tf.newaxis]
    for _ in range(REACH):
        pixels = tf.pad(pixels, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")
    for shape in ((SIDE, 1, 3, 1), (1, SIDE, 3, 1)):
        weights = tf.ones(shape) / SIDE
        pixels = tf.nn.depthwise_conv2d(pixels, weights, [1] * 4, "VALID")
    return pixels[0]
