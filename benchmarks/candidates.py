"""Shapes of the compact generator, trained for the same minutes on the same data.

  python -m benchmarks.candidates --data=SHARDS [--minutes=6] [--only=NAME]

How many steps a candidate gets follows from its own speed, measured before it trains,
on a machine that should do nothing else meanwhile. Prints a Markdown table.
"""

import dataclasses
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ce_tf.command_line import flag, run_command
from ce_tf.errors import InputError
from ce_tf.tensorflow_logs import import_tensorflow

_BATCH = 32
_HEAD = (
    "| candidate | M parameters | GMAC at 128 | training, pictures/s | LiteRT at 128, "
    "ms | at 256, ms | steps | PSNR in the hole, dB | SSIM |\n" + "| --- " * 9 + "|"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    data: str = flag(help="Folder of shards that `python -m tfrecords_builder` wrote.")
    minutes: float = flag(6.0, help="Training time of each.")
    only: str = flag("", help="The one candidate to train; all by default.")


def best_seconds(
    work: Callable[[], object],
    turns: int,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """The shortest of some turns, after one to get warm."""
    work()
    times = []
    for _ in range(turns):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times)


def freeze(generator, size: int):
    """The generator for one picture of `size`, as a concrete function."""
    import tensorflow as tf

    return tf.function(
        lambda image, mask: generator({"image": image, "mask": mask})
    ).get_concrete_function(
        *(tf.TensorSpec([1, size, size, channels]) for channels in (3, 1))
    )


def count_products(generator) -> float:
    """Billions of multiplications and additions for one picture of 128 pixels."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    options = tf.compat.v1.profiler.ProfileOptionBuilder
    profile = tf.compat.v1.profiler.profile(
        convert_variables_to_constants_v2(freeze(generator, 128)).graph,
        options=options(options.float_operation()).with_empty_output().build(),
    )
    return profile.total_float_ops / 2e9


def measure_lite(generator, size: int, alone: bool = True) -> float:
    """Milliseconds of LiteRT, float32, 2 threads; not `alone`, of one core's time."""
    import tensorflow as tf
    from ai_edge_litert.interpreter import Interpreter

    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [freeze(generator, size)], generator
    )
    interpreter = Interpreter(model_content=converter.convert(), num_threads=1 + alone)
    interpreter.allocate_tensors()
    clock = time.perf_counter if alone else time.process_time
    return 1e3 * best_seconds(interpreter.invoke, 20, clock)


def measure(name: str, config: Config) -> str:
    """Trains a candidate; its row of the table."""
    from benchmarks.candidate_networks import CANDIDATES
    from benchmarks.training import _STEPS, make_steps
    from ce_tf.models import GENERATORS
    from ce_tf.training.config import TrainConfig
    from ce_tf.training.run import train
    from ce_tf.training.weights import load_generator

    GENERATORS[name], width = CANDIDATES[name]
    settings = TrainConfig(
        data=config.data,
        workdir="",
        model=name,
        width=width,
        batch_size=_BATCH,
        generator_rate=2e-3,
        beta1=0.9,
        weight_decay=0.01,
        clip_norm=1.0,
        reconstruction_weight=1.0,
        l1_weight=1.0,
        adversarial_weight=0.0,
        ema=0.99,
        strategy="one_device",
        validation_pictures=512,
        export=False,
    )
    speed = _STEPS * _BATCH / best_seconds(make_steps(settings), 5)
    steps = round(speed * 60 * config.minutes / _BATCH)
    with tempfile.TemporaryDirectory() as folder:
        train(
            dataclasses.replace(
                settings,
                workdir=folder,
                steps=steps,
                schedule="cosine",
                warmup_steps=min(50, steps // 4),
                validate_every=steps,
                checkpoint_every=steps,
                sample_every=steps,
            )
        )
        generator = load_generator(Path(folder), "latest").generator
        psnr, ssim = read_scores(folder)
    return (
        f"| {name} | {generator.count_params() / 1e6:.2f} "
        f"| {count_products(generator):.3f} | {speed:.0f} "
        f"| {measure_lite(generator, 128):.1f} | {measure_lite(generator, 256):.1f} "
        f"| {steps} | {psnr:.2f} | {ssim:.4f} |"
    )


def read_scores(folder: str) -> tuple[float, float]:
    """Validation PSNR and SSIM in the hole, the last that a run logged."""
    import tensorflow as tf
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    logs = EventAccumulator(str(Path(folder) / "logs"))
    logs.Reload()
    return tuple(
        float(tf.make_ndarray(logs.Tensors(f"validation/{name}")[-1].tensor_proto))
        for name in ("psnr", "ssim")
    )


def main(config: Config) -> None:
    """Trains the candidates one after the other."""
    import_tensorflow()
    from benchmarks.candidate_networks import CANDIDATES

    if config.only and config.only not in CANDIDATES:
        raise InputError(f"--only={config.only} is none of {', '.join(CANDIDATES)}.")
    rows = [
        measure(name, config) for name in ([config.only] if config.only else CANDIDATES)
    ]
    print("\n".join([_HEAD, *rows]))


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
