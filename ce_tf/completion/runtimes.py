"""What runs a network: TensorFlow for a SavedModel, LiteRT for a TFLite file, or Keras.

A TFLite file needs no TensorFlow, which takes seconds to import; so each runtime
imports its own.
"""

import abc
import functools
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ce_tf.errors import InputError
from ce_tf.tensorflow_logs import import_tensorflow, without_notes

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


# The signatures of a SavedModel for squares: of side S and, where the network takes
# that, of 2 S.
SQUARES = ("serving_default", "serving_twice")


class Runtime(abc.ABC):
    """Fills pictures of one size; safe to call from several threads; can be pickled.

    Args:
        source: what it loads, and whatever else it takes to make it again.

    Attributes:
        size: S, the side in pixels of the pictures that it takes.
    """

    size: int

    def __init__(self, *source: Any):
        self._source = source

    @abc.abstractmethod
    def run(self, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """Fills the hole of one picture.

        Args:
            image: uint8 [S, S, 3], RGB.
            mask: uint8 [S, S, 1], any non-zero value is hole.

        Returns:
            uint8 [S, S, 3]; outside the hole what went in.
        """

    def __reduce__(self) -> tuple:
        return type(self), self._source


class TFLiteRuntime(Runtime):
    """Runs a TFLite file with LiteRT.

    Args:
        path: of the file.
        threads: that it computes with; None is one for each core.

    Raises:
        InputError: it is no TFLite file, or has no signature `erase`.
    """

    def __init__(self, path: Path, threads: int | None = None):
        super().__init__(path, threads)
        from ai_edge_litert.interpreter import Interpreter

        try:
            threads = threads or os.cpu_count()
            with without_notes():
                interpreter = Interpreter(str(path), num_threads=threads)
                # It would tell at the first picture else that it has a delegate.
                interpreter.allocate_tensors()
            self._runner = interpreter.get_signature_runner("erase")
        except (ValueError, RuntimeError) as error:
            raise InputError(
                f"{path} is no TFLite file with a signature `erase`: "
                f"{str(error).splitlines()[0]} `export.py` writes one."
            ) from None
        self.size = int(self._runner.get_input_details()["image"]["shape"][1])
        self._lock = threading.Lock()  # an interpreter has one set of buffers

    def run(self, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
        inputs = {"image": image[np.newaxis], "mask": mask[np.newaxis]}
        with self._lock:
            return self._runner(**inputs)["image"][0]


class LaterRuntime(Runtime):
    """A TFLite file that is loaded when it first runs: a start need not wait for it.

    Args:
        path: of the file.
        size: side in pixels of the pictures that it takes.
        threads: as `TFLiteRuntime`.
    """

    def __init__(self, path: Path, size: int, threads: int | None = None):
        super().__init__(path, size, threads)
        self.size = size
        self._load = functools.cache(functools.partial(TFLiteRuntime, path, threads))
        self._lock = threading.Lock()

    def run(self, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
        with self._lock:
            runtime = self._load()
        return runtime.run(image, mask)


class SavedModelRuntime(Runtime):
    """Runs a SavedModel with TensorFlow, at the side of `serving_default`.

    Args:
        path: of the folder.

    Attributes:
        model: as `tf.saved_model.load` gives it, with all its signatures.

    Raises:
        InputError: it cannot be loaded, or has no such `serving_default`.
    """

    def __init__(self, path: Path):
        super().__init__(path)
        import_tensorflow(f"{path}, a SavedModel,")
        import tensorflow as tf

        try:
            # Kept, for a signature does not keep its variables alive.
            self.model = tf.saved_model.load(str(path))
            default = self.model.signatures[SQUARES[0]]
            inputs = default.structured_input_signature[1]
            self.size = int(inputs["image"].shape[1])
        except (OSError, ValueError, KeyError, TypeError, tf.errors.OpError) as error:
            raise InputError(
                f"{path} is no SavedModel with the signature that `export.py` writes: "
                f"{str(error).splitlines()[0]}"
            ) from None
        self._constant = tf.constant

    @property
    def takes_twice(self) -> bool:
        """Whether it has `serving_twice`, which `TwiceRuntime` runs."""
        return SQUARES[1] in self.model.signatures

    def run(self, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
        return self.call(SQUARES[0], image, mask)

    def call(self, signature: str, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """As `run`, with one of the signatures `SQUARES` and pictures of its side."""
        outputs = self.model.signatures[signature](
            image=self._constant(image[np.newaxis]),
            mask=self._constant(mask[np.newaxis]),
        )
        return outputs["image"][0].numpy()


class TwiceRuntime(Runtime):
    """Runs `serving_twice` of a SavedModel: the same weights for sides of 2 S.

    Args:
        first: of the SavedModel, which is loaded once, also where both are pickled.
    """

    def __init__(self, first: SavedModelRuntime):
        super().__init__(first)
        self.size = 2 * first.size
        self._first = first

    def run(self, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
        return self._first.call(SQUARES[1], image, mask)


class GeneratorRuntime(Runtime):
    """Runs a Keras generator in memory.

    Args:
        generator: one of `ce_tf.models`.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.

    Raises:
        InputError: it is no generator of `ce_tf.models`.
    """

    def __init__(self, generator: "keras.Model", fill_color: "tf.Tensor | None" = None):
        super().__init__(generator, fill_color)
        size = getattr(generator, "size", None)
        if not callable(generator) or not isinstance(size, int):
            raise InputError(
                f"a {type(generator).__name__} is no model: give the path of a "
                "SavedModel or of a .tflite file, or a generator of ce_tf.models."
            )
        import_tensorflow()
        from ce_tf.completion.network import make_erase

        self.size = size
        self._erase = make_erase(generator, fill_color, batch=1)

    def run(self, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
        return self._erase(image[np.newaxis], mask[np.newaxis])["image"][0].numpy()


def load_runtime(path: Path, threads: int | None = None) -> Runtime:
    """Loads a SavedModel folder or a TFLite file, the latter with so many threads.

    Raises:
        InputError: it is neither.
    """
    if (path / "saved_model.pb").is_file():
        return SavedModelRuntime(path)
    if path.is_file():
        return TFLiteRuntime(path, threads)
    what = "holds no saved_model.pb" if path.is_dir() else "does not exist"
    raise InputError(
        f"--model={path} {what}. Give a SavedModel folder or a .tflite file; "
        "`export.py` writes both. One ships with the package: `pretrained`."
    )


def load_runtimes(path: Path, threads: int | None = None) -> list[Runtime]:
    """As `load_runtime`, at every side that the file takes, the smallest first."""
    runtime = load_runtime(path, threads)
    if isinstance(runtime, SavedModelRuntime) and runtime.takes_twice:
        return [runtime, TwiceRuntime(runtime)]
    return [runtime]
