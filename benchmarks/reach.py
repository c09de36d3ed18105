"""What reaches across the picture, trained for the same seconds of a processor.

  python -m benchmarks.reach --data=SHARDS [--minutes=7] [--only=NAME]

The painter at 256 pixels with and without its attention and its Fourier blocks, with
large dilations in their place, and the compact generator, each from nothing by the
losses of recipes/painter.flags without an adversary. Time is what one core spent
on this process, from the second step on, so that other work beside it costs a candidate
nothing; LiteRT's is so too. Prints a Markdown table; small holes are those below a
quarter of the picture.
"""

import dataclasses
import functools
import time
from collections.abc import Sequence

import numpy as np

from ce_tf.command_line import flag, run_command
from ce_tf.errors import InputError
from ce_tf.tensorflow_logs import import_tensorflow

_SIZE = 256
_LARGE = 0.25  # of the picture
_STEPS = 5  # between two looks at the clock
_HEAD = (
    "| candidate | M parameters | LiteRT at 256, ms | steps | distance "
    "| small holes | large | PSNR, dB | small holes | large |\n"
    "| --- |" + " ---: |" * 9
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    data: str = flag(
        help="Folder of shards that `tfrecords_builder --mask_size=256` wrote."
    )
    minutes: float = flag(7.0, help="Of one core, for each.")
    pictures: int = flag(48, help="At most so many validation pictures.")
    seed: int = flag(0, help="Of first weights, order and holes.")
    only: str = flag("", help="The one candidate to train; all by default.")


def train_for(name: str, config: Config):
    """Trains a candidate; its averaged network and how many steps it had."""
    import keras
    import tensorflow as tf

    from ce_tf.data.dataset import read_dataset
    from ce_tf.training.config import TrainConfig
    from ce_tf.training.state import make_state
    from ce_tf.training.step import train_steps
    from ce_tf.training.strategies import make_strategy

    settings = TrainConfig(
        data=config.data,
        workdir="",
        model=name,
        batch_size=8,
        generator_rate=1e-3,
        beta1=0.9,
        weight_decay=0.01,
        clip_norm=1.0,
        reconstruction_weight=0.0,
        l1_weight=0.5,
        perceptual_weight=4.0,
        style_weight=0.5,
        feature_size=160,
        size=_SIZE,
        adversarial_weight=0.0,
        discriminator="projected",
        ema=0.998,
        seed=config.seed,
        strategy="one_device",
    )
    data = read_dataset(
        config.data, size=_SIZE, batch_size=8, seed=config.seed, validation=1
    )
    tf.config.optimizer.set_experimental_options({"remapping": False})
    keras.utils.set_random_seed(config.seed)
    strategy = make_strategy(settings)
    with strategy.scope():
        state = make_state(settings)
    run = tf.function(functools.partial(train_steps, strategy, state, settings, None))
    batches = iter(
        strategy.distribute_datasets_from_function(
            lambda context: data.batches(start=0, context=context)
        )
    )
    run(batches, tf.constant(1))  # and traces it
    end = time.process_time() + 60 * config.minutes
    while time.process_time() < end:
        losses, _ = run(batches, tf.constant(_STEPS))
        if not np.isfinite(losses["generator_loss"]):
            raise InputError(f"{name}: its losses are not finite.")
    return state.result, int(state.step)


def measure_candidate(name: str, config: Config) -> str:
    """Trains a candidate; its row of the table."""
    from benchmarks.candidate_networks import REACHING
    from benchmarks.candidates import measure_lite
    from ce_tf.completion.runtimes import GeneratorRuntime
    from ce_tf.evaluating.measuring import choose_measures, measure
    from ce_tf.evaluating.methods import Method
    from ce_tf.evaluating.shards import ShardExamples
    from ce_tf.models import GENERATORS
    from ce_tf.perceptual import DISTANCE

    GENERATORS[name] = REACHING[name]
    generator, steps = train_for(name, config)
    runtime = GeneratorRuntime(generator)
    method = Method(name, lambda e: runtime.run(e.hidden, e.mask), path=name)
    source = ShardExamples(config.data, _SIZE, config.pictures, center=False)
    metrics, _ = choose_measures(perceptual=True)
    scores = measure([method], source, (_SIZE, _SIZE), metrics)
    large = scores.areas >= _LARGE
    print(f"{len(large)} pictures, {large.sum()} of them with large holes")
    parts = [scores, scores.part(~large), scores.part(large)]
    cells = [name, f"{generator.count_params() / 1e6:.2f}"]
    cells += [f"{measure_lite(generator, _SIZE, alone=False):.1f}", str(steps)]
    cells += [f"{part.of(DISTANCE).mean():.3f}" for part in parts]
    cells += [f"{part.of('psnr').mean():.2f}" for part in parts]
    return f"| {' | '.join(cells)} |"


def main(config: Config) -> None:
    """Trains the candidates one after the other."""
    import_tensorflow()
    import tensorflow as tf

    from benchmarks.candidate_networks import REACHING

    if config.only and config.only not in REACHING:
        raise InputError(f"--only={config.only} is none of {', '.join(REACHING)}.")
    # Waiting threads spin, which would count.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    names = [config.only] if config.only else list(REACHING)
    print("\n".join([_HEAD, *(measure_candidate(name, config) for name in names)]))


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
