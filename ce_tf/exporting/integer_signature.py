"""`erase` for the int8 file: all but the network in whole numbers.

The converter turns every float op into an int8 one. Filling the hole and pasting the
fill in int32 keeps both exact: the mean of thousands of pixels does not fit 8 bits, and
a pixel outside the hole has to come back to the bit.
"""

import keras
import tensorflow as tf

from ce_tf.completion import masking
from ce_tf.completion.composition import complete
from ce_tf.completion.network import square_specs


def make_integer_erase(
    generator: keras.Model, fill_color: tf.Tensor | None, size: int
) -> tf.types.experimental.PolymorphicFunction:
    """As `network.make_erase` for one picture; the fill's colour is a whole number.

    Args:
        generator: that fills.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
        size: side of the picture.
    """

    def erase(image: tf.Tensor, mask: tf.Tensor) -> dict[str, tf.Tensor]:
        image = tf.cast(image, tf.int32)
        hole = tf.minimum(tf.cast(mask, tf.int32), 1)
        masked = complete(image, hole, _color(image, hole, fill_color))
        inputs = {
            "image": _scale(tf.cast(masked, tf.float32), 1 / 127.5, -1.0),
            "mask": tf.cast(hole, tf.float32),
        }
        levels = _scale(generator(inputs, training=False), 127.5, 127.5)
        levels = tf.cast(tf.round(levels), tf.int32)
        levels = tf.maximum(tf.minimum(levels, 255), 0)
        return {"image": tf.cast(complete(image, hole, levels), tf.uint8)}

    return tf.function(erase, input_signature=square_specs(1, size))


def _color(
    image: tf.Tensor, hole: tf.Tensor, fill_color: tf.Tensor | None
) -> tf.Tensor:
    """The hole's colour, int32 in 0 to 255; as `masking.fill_hole`, rounded."""
    if fill_color is not None:
        return tf.cast(masking.denormalize(fill_color), tf.int32)
    visible = 1 - hole
    total = tf.reduce_sum(image * visible, axis=(1, 2), keepdims=True)
    count = tf.reduce_sum(visible, axis=(1, 2), keepdims=True)
    # Without a visible pixel mid-grey, as in training. (1, 1, 1, 3)
    full = 1 - tf.minimum(count, 1)
    return (total + count // 2) // tf.maximum(count, 1) + 128 * full


def _scale(image: tf.Tensor, factor: float, shift: float) -> tf.Tensor:
    """`image * factor + shift` of three channels, as a convolution of one pixel.

    Not as two elementwise ops: TFLite runs a chain of those in one buffer, where the
    calibrator takes the last one's range for that of the first. The network's output
    got the range of its levels so: two steps of 8 bits for what has 200.
    """
    kernel = tf.fill([1, 1, 3, 1], factor)
    scaled = tf.nn.depthwise_conv2d(image, kernel, [1, 1, 1, 1], "VALID")
    return tf.nn.bias_add(scaled, tf.fill([3], shift))
