"""The SavedModel: what TensorFlow Serving and `tf.saved_model.load` take."""

import shutil
from pathlib import Path

import keras
import tensorflow as tf

from ce_tf.backends import load_saved_model
from ce_tf.errors import InputError
from ce_tf.exporting.comparison import ExportError, compare_export
from ce_tf.exporting.signature import EraseModule, make_erase


def export_saved_model(
    generator: keras.Model, fill_color: tf.Tensor | None, path: Path
) -> int:
    """Writes a SavedModel with signature `serving_default`; reloads and compares it.

    The signature is that of `make_erase` for any number of pictures. The folder stands
    under its name only once it has been compared.

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
    temporary = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(temporary, ignore_errors=True)
        erase = make_erase(generator, fill_color, batch=None)
        tf.saved_model.save(
            EraseModule(generator), str(temporary), {"serving_default": erase}
        )
        run, _ = load_saved_model(temporary)
        difference = compare_export(generator, fill_color, run, str(path))
        shutil.rmtree(path, ignore_errors=True)
        temporary.replace(path)
    except ExportError:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    except (OSError, tf.errors.OpError) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise InputError(f"cannot write {path}: {error}.") from None
    return difference
