"""Runs what `export.py` wrote: a SavedModel with TensorFlow, a TFLite file with LiteRT.

A TFLite file needs no TensorFlow, which takes seconds to import; so each backend
imports its own.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ce_tf.errors import InputError
from ce_tf.tensorflow_logs import import_tensorflow

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

# Fills one picture: uint8 image [S, S, 3] and mask [S, S, 1], any non-zero value is
# hole, to uint8 [S, S, 3]. Safe to call from several threads.
Backend = Callable[[np.ndarray, np.ndarray], np.ndarray]


def load_backend(path: Path) -> tuple[Backend, int]:
    """Loads a SavedModel folder or a TFLite file.

    Returns:
        The backend, and S, the side in pixels that it takes.

    Raises:
        InputError: it is neither.
    """
    if (path / "saved_model.pb").is_file():
        return load_saved_model(path)
    if path.is_file():
        return load_tflite(path)
    what = "holds no saved_model.pb" if path.is_dir() else "does not exist"
    raise InputError(
        f"--model={path} {what}. Give a SavedModel folder or a .tflite file; "
        "`export.py` writes both. Two ship with the package: `faithful` and `vivid`."
    )


def load_tflite(path: Path, threads: int | None = None) -> tuple[Backend, int]:
    """Loads a TFLite file; returns as `load_backend`.

    Args:
        path: of the file.
        threads: that it computes with; None is one for each core.

    Raises:
        InputError: it is no TFLite file, or has no signature `erase`.
    """
    from ai_edge_litert.interpreter import Interpreter

    try:
        interpreter = Interpreter(str(path), num_threads=threads or os.cpu_count())
        runner = interpreter.get_signature_runner("erase")
    except (ValueError, RuntimeError) as error:
        raise InputError(
            f"{path} is no TFLite file with a signature `erase`: "
            f"{str(error).splitlines()[0]} `export.py` writes one."
        ) from None
    size = int(runner.get_input_details()["image"]["shape"][1])
    lock = threading.Lock()  # an interpreter has one set of buffers

    def run(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
        with lock:
            return runner(image=image[np.newaxis], mask=mask[np.newaxis])["image"][0]

    return run, size


def load_saved_model(path: Path) -> tuple[Backend, int]:
    """Loads a SavedModel; returns as `load_backend`.

    Raises:
        InputError: it cannot be loaded, or has no such `serving_default`.
    """
    import_tensorflow()
    import tensorflow as tf

    try:
        model = tf.saved_model.load(str(path))
        signature = model.signatures["serving_default"]
        size = int(signature.structured_input_signature[1]["image"].shape[1])
    except (OSError, ValueError, KeyError, TypeError, tf.errors.OpError) as error:
        raise InputError(
            f"{path} is no SavedModel with the signature that `export.py` writes: "
            f"{str(error).splitlines()[0]}"
        ) from None

    # A signature does not keep its variables alive: `model` does.
    def run(image: np.ndarray, mask: np.ndarray, model: object = model) -> np.ndarray:
        outputs = signature(
            image=tf.constant(image[np.newaxis]), mask=tf.constant(mask[np.newaxis])
        )
        return outputs["image"][0].numpy()

    return run, size


def wrap_generator(
    generator: "keras.Model", fill_color: "tf.Tensor | None" = None
) -> tuple[Backend, int]:
    """Runs a Keras generator in memory.

    Args:
        generator: one of `ce_tf.models`.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.

    Returns:
        As `load_backend`, with S = `generator.size`.

    Raises:
        InputError: it is no generator of `ce_tf.models`.
    """
    size = getattr(generator, "size", None)
    if not callable(generator) or not isinstance(size, int):
        raise InputError(
            f"a {type(generator).__name__} is no model: give the path of a SavedModel "
            "or of a .tflite file, or a generator of ce_tf.models."
        )
    import_tensorflow()
    import tensorflow as tf

    from ce_tf.completion.network import make_erase

    erase = make_erase(generator, fill_color, batch=1)

    def run(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
        pair = (tf.constant(array[np.newaxis]) for array in (image, mask))
        return erase(*pair)["image"][0].numpy()

    return run, size
