"""One picture through each exported file of a network, in turns.

    python -m benchmarks.export                 # the paper's, 71 M parameters
    python -m benchmarks.export --model=compact

Weights are random: neither time nor size depends on them. Each file runs in a process
of its own with as many threads as there are cores; times are the best of the rounds,
for one picture, and ratios are to LiteRT's float32.
"""

import dataclasses
import functools
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.racing import Racer, race, serve
from ce_tf.command_line import flag, run_command
from ce_tf.exporting.formats import FORMATS, SAVED_MODEL
from ce_tf.tensorflow_logs import import_tensorflow

_BATCH = 8


@dataclasses.dataclass(frozen=True, kw_only=True)
class BenchmarkConfig:
    """The flags of the benchmark."""

    model: str = flag("context_encoder", help="The network, as of `train.py`.")
    width: float = flag(1.0, help="Of the network.")
    rounds: int = flag(30, help="How often each file runs.")
    folder: str = flag("", help="For one of its processes: the exported files.")
    way: str = flag("", help="For one of its processes: what it runs.")


def main(config: BenchmarkConfig) -> None:
    if config.way:
        serve(_make_work(Path(config.folder), config.way))
        return
    with tempfile.TemporaryDirectory() as folder:
        _export(Path(folder), config.model, config.width)
        ways = {"float32": 1, SAVED_MODEL: 1, f"{SAVED_MODEL} x {_BATCH}": _BATCH}
        ways |= {name: 1 for name in FORMATS if name not in ways}
        racers = {
            way: Racer("benchmarks.export", [f"--folder={folder}", f"--way={way}"])
            for way in ways
        }
        times = race(racers, config.rounds)
        for racer in racers.values():
            racer.close()
        best = {way: 1e3 * min(times[way]) / ways[way] for way in ways}
        print(f"{'':18}{'ms a picture':>14}{'to float32':>12}{'MB':>8}")
        for way, milliseconds in best.items():
            size = _megabytes(Path(folder), way)
            ratio = milliseconds / best["float32"]
            print(f"{way:18}{milliseconds:14.1f}{ratio:12.2f}{size:8.1f}")
        ratio = best[f"{SAVED_MODEL} x {_BATCH}"] / best[SAVED_MODEL]
        print(f"a picture of a batch of {_BATCH}: {ratio:.2f} of one alone")


def run(argv: list[str] | None = None) -> None:
    run_command(BenchmarkConfig, main, __doc__, argv)


def _export(folder: Path, model: str, width: float) -> None:
    import_tensorflow()
    from ce_tf.exporting.saved_model import write_saved_model
    from ce_tf.exporting.tflite import convert
    from ce_tf.training.config import TrainConfig
    from ce_tf.training.state import make_generator

    config = TrainConfig(data="", workdir="", model=model, width=width)
    generator = make_generator(config)
    rng = np.random.default_rng(0)
    for weight in generator.trainable_weights:
        if not np.any(weight):  # a converter would write one of equal ones
            weight.assign(rng.normal(0.0, 0.05, weight.shape))
    network = generator, None, generator.size
    weights = 4e-6 * sum(int(np.prod(weight.shape)) for weight in generator.weights)
    for format in FORMATS.values():
        path = folder / format.file
        if format.name == SAVED_MODEL:
            write_saved_model(*network, path)
        else:
            pictures = _pictures(generator.size)
            path.write_bytes(convert(*network, format.name, pictures))
    share = _megabytes(folder, SAVED_MODEL) / weights
    print(f"{weights:.1f} MB of weights; the SavedModel is {share:.4f} times that")


def _pictures(size: int):
    from ce_tf.exporting.examples import Examples

    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (8, size, size, 3), dtype=np.uint8)
    masks = np.zeros((8, size, size, 1), np.uint8)
    masks[:, size // 4 : size // 2, size // 4 : size // 2] = 1
    return Examples(images, masks)


def _make_work(folder: Path, way: str) -> Callable[[], object]:
    name, _, count = way.partition(" x ")
    path = folder / FORMATS[name].file
    if not count:
        from ce_tf.completion.runtimes import load_runtime

        runtime = load_runtime(path)
        pictures = _pictures(runtime.size)
        return functools.partial(runtime.run, pictures.images[0], pictures.masks[0])
    import_tensorflow()
    import tensorflow as tf

    model = tf.saved_model.load(str(path))
    signature = model.signatures["serving_default"]
    pictures = _pictures(int(signature.structured_input_signature[1]["image"].shape[1]))
    batch = {
        "image": tf.constant(pictures.images[: int(count)]),
        "mask": tf.constant(pictures.masks[: int(count)]),
    }

    def work(model: object = model) -> object:  # which keeps the variables alive
        return signature(**batch)["image"].numpy()

    return work


def _megabytes(folder: Path, way: str) -> float:
    from ce_tf.exporting.publishing import megabytes

    return megabytes(folder / FORMATS[way.partition(" x ")[0]].file)


if __name__ == "__main__":
    run()
