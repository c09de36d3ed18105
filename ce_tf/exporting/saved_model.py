"""The SavedModel: what TensorFlow Serving and `tf.saved_model.load` take."""

from pathlib import Path

import keras
import tensorflow as tf

from ce_tf.backends import load_saved_model
from ce_tf.exporting.publishing import publish
from ce_tf.exporting.signature import EraseModule, make_erase


def export_saved_model(
    generator: keras.Model, fill_color: tf.Tensor | None, path: Path
) -> int:
    """Writes a SavedModel with signature `serving_default`; reloads and compares it.

    The signature is that of `make_erase` for any number of pictures.

    Args:
        generator: with S = `generator.size`.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
        path: of the folder; an earlier one is replaced.

    Returns:
        The largest difference from the Keras model, in levels of 0 to 255.

    Raises:
        InputError: it cannot be written there.
        ExportError: what was written does not do what the model does.
    """
    erase = make_erase(generator, fill_color, batch=None)

    def write(place: Path) -> None:
        tf.saved_model.save(
            EraseModule(generator), str(place), {"serving_default": erase}
        )

    return publish(generator, fill_color, path, write, load_saved_model)
