"""Loads an exported file as its users do, compares it with Keras and times it."""

import dataclasses
import statistics
import time
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from ce_tf.completion.runtimes import Backend, load_saved_model, load_tflite
from ce_tf.exporting.comparison import Comparison, Levels, Reference
from ce_tf.exporting.flatbuffer import LEVELS, list_ops, with_levels
from ce_tf.exporting.formats import SAVED_MODEL, Format
from ce_tf.exporting.publishing import megabytes

# Threads with which a TFLite file is timed.
THREADS = (1, 2)
_MOST_RUNS = 20
_SECONDS = 2.0


@dataclasses.dataclass(frozen=True)
class Measured:
    """One exported file.

    Attributes:
        format: what it is.
        megabytes: its size.
        comparison: with the Keras model.
        milliseconds: for one picture, by threads; a SavedModel takes TensorFlow's own
            number, under 0.
        ops: that a TFLite file runs.
    """

    format: Format
    megabytes: float
    comparison: Comparison
    milliseconds: dict[int, float]
    ops: tuple[str, ...] = ()


def measure(format: Format, path: Path, reference: Reference) -> Measured:
    """Reloads a file, compares and times it.

    Raises:
        ExportError: it is beyond tolerance.
    """
    size = megabytes(path)
    if format.name == SAVED_MODEL:
        run, _ = load_saved_model(path)
        comparison = reference.compare(format, run)
        return Measured(format, size, comparison, {0: _time(run, reference)})
    content = path.read_bytes()
    run, _ = load_tflite(path)
    comparison = reference.compare(format, run, _load_levels(content))
    milliseconds = {
        threads: _time(load_tflite(path, threads)[0], reference) for threads in THREADS
    }
    return Measured(format, size, comparison, milliseconds, tuple(list_ops(content)))


def _load_levels(content: bytes) -> Levels:
    # Kept by the name: the runner does not keep its interpreter.
    interpreter = Interpreter(model_content=with_levels(content))
    runner = interpreter.get_signature_runner("erase")

    def levels(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
        return runner(image=image[np.newaxis], mask=mask[np.newaxis])[LEVELS][0]

    return levels


def _time(run: Backend, reference: Reference) -> float:
    """Median milliseconds of one picture."""
    pair = reference.examples.images[0], reference.examples.masks[0]
    run(*pair)
    times: list[float] = []
    while len(times) < _MOST_RUNS and sum(times) < _SECONDS:
        start = time.perf_counter()
        run(*pair)
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)
