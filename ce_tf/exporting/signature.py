"""The one function that every exported file holds: fill the holes of a batch."""

from collections.abc import Callable

import keras
import tensorflow as tf

from ce_tf import masking


class EraseModule(tf.Module):
    """Holds a generator's variables, each once, for `tf.saved_model.save`.

    Tracking the Keras model itself would lose them in TFLite, and an ExportArchive
    writes each one twice.
    """

    def __init__(self, generator: keras.Model):
        super().__init__()
        self.weights = [variable.value for variable in generator.variables]


def make_erase(
    generator: keras.Model, fill_color: tf.Tensor | None, batch: int | None
) -> tf.types.experimental.PolymorphicFunction:
    """The function `erase(image, mask) -> {"image": completed}`.

    Args:
        generator: of side S = `generator.size`.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
        batch: N, or None for any.

    Returns:
        A tf.function of `image` uint8 [N, S, S, 3], RGB, and `mask` uint8 [N, S, S, 1],
        any non-zero value is hole, that gives `image` uint8 [N, S, S, 3]: outside the
        hole to the bit what went in.
    """
    size = generator.size
    return tf.function(
        erase_batch(generator, fill_color),
        input_signature=[
            tf.TensorSpec([batch, size, size, 3], tf.uint8, name="image"),
            tf.TensorSpec([batch, size, size, 1], tf.uint8, name="mask"),
        ],
    )


def erase_batch(generator: keras.Model, fill_color: tf.Tensor | None) -> Callable:
    """`make_erase` as a plain function, which Keras runs as it stands."""

    def erase(image: tf.Tensor, mask: tf.Tensor) -> dict[str, tf.Tensor]:
        _, hole, masked = masking.prepare_batch(image, mask, None, fill_color)
        fake = generator({"image": masked, "mask": hole}, training=False)
        # In whole numbers of 0 to 255, which floats hold exactly: kept pixels come
        # back as they were. TFLite selects no bytes.
        fake = tf.cast(masking.denormalize(fake), tf.float32)
        completed = masking.complete(tf.cast(image, tf.float32), hole, fake)
        return {"image": tf.cast(completed, tf.uint8)}

    return erase
