"""An exported file stands under its name only once it has been compared."""

import shutil
from collections.abc import Callable
from pathlib import Path

import keras
import tensorflow as tf

from ce_tf.backends import Backend
from ce_tf.errors import InputError
from ce_tf.exporting.comparison import compare_export


def publish(
    generator: keras.Model,
    fill_color: tf.Tensor | None,
    path: Path,
    write: Callable[[Path], None],
    load: Callable[[Path], tuple[Backend, int]],
) -> int:
    """Writes under a temporary name, reloads, compares with the model, then renames.

    Args:
        generator: what the file holds.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
        path: of the file or folder; an earlier one is replaced.
        write: writes it at a path.
        load: loads it from a path, as `backends.load_backend` does.

    Returns:
        The largest difference from the Keras model, in levels of 0 to 255.

    Raises:
        InputError: it cannot be written there.
        ExportError: what was written does not do what the model does.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove(temporary)
        write(temporary)
        run, _ = load(temporary)
        difference = compare_export(generator, fill_color, run, str(path))
        _remove(path)
        temporary.replace(path)
    except (OSError, tf.errors.OpError) as error:
        raise InputError(f"cannot write {path}: {error}.") from None
    finally:
        _remove(temporary)
    return difference


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    elif path.is_file():
        path.unlink()
