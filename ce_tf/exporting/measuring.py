"""Loads an exported file as its users do, compares it with Keras and times it."""

import dataclasses
import statistics
import time
from pathlib import Path

from ce_tf.completion.runtimes import (
    Runtime,
    TFLiteRuntime,
    load_runtime,
    load_runtimes,
)
from ce_tf.exporting.comparison import Comparison, Reference
from ce_tf.exporting.examples import Examples
from ce_tf.exporting.flatbuffer import list_ops
from ce_tf.exporting.formats import SAVED_MODEL, Format
from ce_tf.exporting.publishing import megabytes
from ce_tf.training.weights import Trained

# Threads with which a TFLite file is timed.
THREADS = (1, 2)
# Pictures on which a SavedModel is compared at twice its side.
_LARGER = 8
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
    runtime = load_runtime(path)
    comparison = reference.compare(format, runtime)
    if format.name == SAVED_MODEL:
        return Measured(format, size, comparison, {0: _time(runtime, reference)})
    milliseconds = {
        threads: _time(TFLiteRuntime(path, threads), reference) for threads in THREADS
    }
    ops = tuple(list_ops(path.read_bytes()))
    return Measured(format, size, comparison, milliseconds, ops)


def compare_larger(
    format: Format, path: Path, trained: Trained, examples: Examples
) -> None:
    """Compares a SavedModel at twice the side, where it has that, on a few pictures.

    Args:
        format: whose tolerances count.
        path: of the SavedModel.
        trained: what it was made of.
        examples: which are scaled to twice their side.

    Raises:
        ExportError: it is beyond tolerance.
    """
    for runtime in load_runtimes(path)[1:]:
        larger = examples.part(slice(_LARGER)).scale(runtime.size)
        reference = Reference(trained.generator, trained.fill_color, larger)
        reference.compare(format, runtime)


def _time(runtime: Runtime, reference: Reference) -> float:
    """Median milliseconds of one picture."""
    pair = reference.examples.images[0], reference.examples.masks[0]
    runtime.run(*pair)
    times: list[float] = []
    while len(times) < _MOST_RUNS and sum(times) < _SECONDS:
        start = time.perf_counter()
        runtime.run(*pair)
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)
