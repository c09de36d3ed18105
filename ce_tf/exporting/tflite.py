"""The TFLite file: what phones and LiteRT run, for one picture at a time."""

import tempfile
from pathlib import Path

import keras
import tensorflow as tf

from ce_tf.backends import load_tflite
from ce_tf.exporting.publishing import publish
from ce_tf.exporting.signature import EraseModule, make_erase
from ce_tf.images import write_bytes


def export_tflite(
    generator: keras.Model, fill_color: tf.Tensor | None, path: Path
) -> int:
    """Writes a float32 TFLite file with the signature `erase`, reloads and compares it.

    The signature is that of `make_erase` for exactly one picture: a size that is open
    adds ops which phones' GPU delegates refuse.

    Args:
        generator: with S = `generator.size`.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
        path: of the file; an earlier one is replaced.

    Returns:
        The largest difference from the Keras model, in levels of 0 to 255.

    Raises:
        InputError: it cannot be written there.
        ExportError: what was written does not do what the model does.
    """

    def write(place: Path) -> None:
        write_bytes(place, _convert(generator, fill_color))

    return publish(generator, fill_color, path, write, load_tflite)


def _convert(generator: keras.Model, fill_color: tf.Tensor | None) -> bytes:
    erase = make_erase(generator, fill_color, batch=1)
    with tempfile.TemporaryDirectory() as folder:
        # By way of a SavedModel, for only so does the signature get its name.
        tf.saved_model.save(EraseModule(generator), folder, {"erase": erase})
        converter = tf.lite.TFLiteConverter.from_saved_model(
            folder, signature_keys=["erase"]
        )
        return converter.convert()
