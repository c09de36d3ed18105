"""The function that every exported file holds: fill the holes of a batch."""

from collections.abc import Callable

import keras
import tensorflow as tf

from ce_tf.completion import masking
from ce_tf.completion.composition import complete
from ce_tf.errors import InputError


class EraseModule(tf.Module):
    """Holds a generator's variables, each once, for `tf.saved_model.save`.

    Tracking the Keras model itself would lose them in TFLite, and an ExportArchive
    writes each one twice.
    """

    def __init__(self, generator: keras.Model):
        super().__init__()
        self.weights = [variable.value for variable in generator.variables]


def export_size(generator: keras.Model, size: int | None) -> int:
    """The side in pixels that an exported file takes.

    Args:
        generator: with the side `size` that it was trained at, and `multiple`: it
            takes any multiple of that, or its one side alone where it is None.
        size: that is asked for; None for the generator's own.

    Raises:
        InputError: the generator takes no such side.
    """
    own, multiple = generator.size, getattr(generator, "multiple", None)
    if size in (None, own):
        return own
    if multiple is None:
        raise InputError(
            f"--size={size}, but this network takes {own} pixels and no other size. "
            "Leave --size out."
        )
    if size < multiple or size % multiple:
        below = max(multiple, size // multiple * multiple)
        raise InputError(
            f"--size={size} is no multiple of {multiple}, which this network needs. "
            f"Give {below} or {below + multiple}."
        )
    return size


def find_sizes(generator: keras.Model, size: int) -> list[int]:
    """The sides that an eraser chooses between for its windows, the smaller first.

    Twice a side counts only up to twice the one that the generator was trained at:
    beyond that it sees things larger than it ever did.

    Args:
        generator: as `export_size` takes it.
        size: the smaller side, which the generator takes.
    """
    if getattr(generator, "multiple", None) is None or size > generator.size:
        return [size]
    return [size, 2 * size]


def make_erase(
    generator: keras.Model,
    fill_color: tf.Tensor | None,
    batch: int | None,
    size: int | None = None,
) -> tf.types.experimental.PolymorphicFunction:
    """The function `erase(image, mask) -> {"image": completed}`.

    Args:
        generator: that fills.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
        batch: N, or None for any.
        size: side S of the pictures; None for the generator's own.

    Returns:
        A tf.function of `image` uint8 [N, S, S, 3], RGB, and `mask` uint8 [N, S, S, 1],
        any non-zero value is hole, that gives `image` uint8 [N, S, S, 3]: outside the
        hole to the bit what went in.
    """
    return tf.function(
        erase_batch(generator, fill_color),
        input_signature=square_specs(batch, size or generator.size),
    )


def square_specs(batch: int | None, size: int) -> list[tf.TensorSpec]:
    """What `erase` takes: image and mask of `batch` pictures of that side."""
    return [
        tf.TensorSpec([batch, size, size, 3], tf.uint8, name="image"),
        tf.TensorSpec([batch, size, size, 1], tf.uint8, name="mask"),
    ]


def erase_batch(generator: keras.Model, fill_color: tf.Tensor | None) -> Callable:
    """`make_erase` as a plain function, which Keras runs as it stands."""

    def erase(image: tf.Tensor, mask: tf.Tensor) -> dict[str, tf.Tensor]:
        _, hole, masked = masking.prepare_batch(image, mask, None, fill_color)
        fake = generator({"image": masked, "mask": hole}, training=False)
        levels = tf.round(tf.clip_by_value((fake + 1.0) * 127.5, 0.0, 255.0))
        # In whole numbers of 0 to 255, which floats hold exactly: kept pixels come
        # back as they were. TFLite selects no bytes.
        completed = complete(tf.cast(image, tf.float32), hole, levels)
        return {"image": tf.cast(completed, tf.uint8)}

    return erase
