"""What a training step of the compact generator costs, and what bounds it.

  python -m benchmarks.compact [--data=SHARDS] [--rounds=5]

Batch 32, 128 pixels, reconstruction alone. Each part is timed by itself, in turns, and
the whole step with its input; then the share of the cores' peak, which a
product of two matrices gives in the same run.
"""

import dataclasses
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.builder import best_times
from benchmarks.candidates import count_products
from benchmarks.input import build_shards
from benchmarks.training import _STEPS, make_batch, make_masking, make_steps
from ce_tf.command_line import flag, run_command
from ce_tf.tensorflow_logs import import_tensorflow

_BATCH = 32
_PEAK_SIDE = 2048


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    data: str = flag("", help="Shards to read; left out, 4,000 photos are generated.")
    rounds: int = flag(5, help="Turns of each part; the best of them counts.")


def make_settings(data: str):
    """The recipe's, for one device."""
    from ce_tf.command_line import parse
    from ce_tf.training.config import TrainConfig

    recipe = Path(__file__).parents[1] / "recipes" / "compact.flags"
    flags = [f"--flagfile={recipe}", f"--data={data}", "--workdir="]
    return dataclasses.replace(
        parse(TrainConfig, ["", *flags]), strategy="one_device", batch_size=_BATCH
    )


def make_network(gradients: bool) -> Callable[[], object]:
    """The generator forward, or forward and back, `_STEPS` times."""
    import tensorflow as tf

    from ce_tf.completion import masking
    from ce_tf.models import Compact
    from ce_tf.training import losses
    from ce_tf.training.fused_normalization import fuse_normalization

    generator = fuse_normalization(Compact())
    batch = {key: tf.constant(value) for key, value in make_batch(_BATCH).items()}
    image, mask, masked = masking.prepare_batch(
        batch["image"], batch["mask"], None, None
    )
    generator({"image": masked, "mask": mask})

    @tf.function
    def work() -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            fake = generator({"image": masked, "mask": mask}, training=True)
            loss = tf.reduce_sum(losses.absolute_loss(image, fake, mask))
        if not gradients:
            return [loss]
        return tape.gradient(loss, [v.value for v in generator.trainable_variables])

    return lambda: [work()[0].numpy() for _ in range(_STEPS)]


def make_product() -> Callable[[], object]:
    """Two matrices multiplied: the most that the cores can do."""
    import tensorflow as tf

    matrix = tf.random.normal([_PEAK_SIDE, _PEAK_SIDE])
    return lambda: [(matrix @ matrix)[0, 0].numpy() for _ in range(_STEPS)]


def make_whole(settings) -> Callable[[], object]:
    """Steps as `train.py` runs them, input included."""
    from ce_tf.data.pipeline import train_dataset
    from ce_tf.records.manifest import read_manifest

    batches = train_dataset(
        settings.data,
        read_manifest(settings.data),
        size=128,
        batch_size=_BATCH,
        seed=0,
    )
    return make_steps(settings, batches)


def main(config: Config) -> None:
    """Runs the benchmark and prints its table."""
    import_tensorflow()
    from ce_tf.models import Compact

    with tempfile.TemporaryDirectory() as scratch:
        settings = make_settings(config.data or build_shards(Path(scratch)))
        ways = {
            "whole step, with input": make_whole(settings),
            "whole step, one fixed batch": make_steps(settings),
            "forward and back": make_network(gradients=True),
            "forward": make_network(gradients=False),
            "masking": make_masking(_BATCH),
            "matrix product": make_product(),
        }
        for work in ways.values():
            work()
        times = best_times(ways, config.rounds)
    peak = 2 * _PEAK_SIDE**3 / 1e9 / (times.pop("matrix product") / _STEPS)
    first = times["whole step, with input"]
    print(f"Step of the compact generator, batch {_BATCH}, 128x128")
    for name, seconds in times.items():
        print(
            f"  {name:30}{1e3 * seconds / _STEPS:8.1f} ms{seconds / first:8.0%}"
            f"{_STEPS * _BATCH / seconds:8.0f} pictures/s"
        )
    # A gradient costs twice the forward pass: by the input and by the weights.
    flops = 3 * 2 * count_products(Compact()) * _BATCH
    reached = flops / (times["forward and back"] / _STEPS)
    print(
        f"  {flops:.1f} GFLOP a step: {reached:.0f} GFLOP/s, {reached / peak:.0%} of "
        f"the {peak:.0f} that a matrix product reaches"
    )


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
