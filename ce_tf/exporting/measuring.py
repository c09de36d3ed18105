"""Compares an exported file, loaded as its users do, with Keras, and times it."""

import dataclasses
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from ce_tf.completion.runtimes import Runtime, TFLiteRuntime
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


def measure(
    format: Format, path: Path, runtime: Runtime, reference: Reference
) -> Measured:
    """Compares a file and times it.

    Args:
        format: what it is.
        path: of the file.
        runtime: which was made of it.
        reference: what it is compared with.

    Raises:
        ExportError: it is beyond tolerance.
    """
    size = megabytes(path)
    comparison = reference.compare(format, runtime)
    if format.name == SAVED_MODEL:
        return Measured(format, size, comparison, {0: _time(runtime, reference)})
    milliseconds = {
        threads: _time(TFLiteRuntime(path, threads), reference) for threads in THREADS
    }
    ops = tuple(list_ops(path.read_bytes()))
    return Measured(format, size, comparison, milliseconds, ops)


def compare_larger(
    format: Format, runtimes: Sequence[Runtime], trained: Trained, examples: Examples
) -> None:
    """Compares a SavedModel at twice the side, where it has that, on a few pictures.

    Args:
        format: whose tolerances count.
        runtimes: which `load_runtimes` made of it.
        trained: what it was made of.
        examples: which are scaled to twice their side.

    Raises:
        ExportError: it is beyond tolerance.
    """
    for runtime in runtimes[1:]:
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
