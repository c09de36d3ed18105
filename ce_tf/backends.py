"""Runs what `export.py` wrote: a SavedModel with TensorFlow, a TFLite file with LiteRT.

A TFLite file needs no TensorFlow, which takes seconds to import; so each backend
imports its own.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ce_tf.errors import InputError
from ce_tf.quiet import import_tensorflow

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
        "`export.py` writes both."
    )


def load_tflite(path: Path) -> tuple[Backend, int]:
    """Loads a TFLite file; returns as `load_backend`.

    Raises:
        InputError: it is no TFLite file, or has no signature `erase`.
    """
    from ai_edge_litert.interpreter import Interpreter

    try:
        interpreter = Interpreter(str(path), num_threads=os.cpu_count())
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
