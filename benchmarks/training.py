"""How fast a training step is, against the same networks in PyTorch in the same run.

  python -m benchmarks.training [--rounds=5] [--batch_size=32]

Needs `pip install torch==2.13.0`. Prints pictures a second of each way and its ratio
to the first; what masking, averaging and the loop cost; peak memory at batch 128.
"""

import dataclasses
import functools
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.racing import Racer, race, serve
from ce_tf.command_line import flag, run_command
from ce_tf.training.config import TrainConfig

# PyTorch: the public ports' form first, then what makes it faster, one after the other.
TORCH = {
    "PyTorch, public form": set(),
    "PyTorch, linear": {"linear"},
    "PyTorch, + channels-last": {"linear", "channels_last"},
    "PyTorch, + bfloat16": {"linear", "channels_last", "bfloat16"},
    "PyTorch, + our lean step": {"linear", "channels_last", "bfloat16", "lean"},
}
OURS = {
    "ce_tf, float32": {},
    "ce_tf, bfloat16": {"precision": "bfloat16"},
    "ce_tf, float32, averages": {"ema": 0.999},
}
_STEPS = 3  # of each turn


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    rounds: int = flag(5, help="Turns of each way; the best of them counts.")
    batch_size: int = flag(32, help="Pictures a step.")
    way: str = flag("", help="Internal: the one way that this process does.")


def make_batch(count: int) -> dict[str, np.ndarray]:
    """Random pictures with a square hole each."""
    rng = np.random.default_rng(0)
    mask = np.zeros((count, 128, 128, 1), np.uint8)
    mask[:, 30:80, 40:90] = 1
    return {
        "image": rng.integers(0, 256, (count, 128, 128, 3), np.uint8),
        "mask": mask,
        "row": np.arange(count, dtype=np.int32),
    }


def make_steps(config: TrainConfig, batches=None) -> Callable[[], object]:
    """`_STEPS` steps of our own, as `train.py` calls them.

    Args:
        config: of the run.
        batches: a tf.data.Dataset of batches without end; None for a fixed batch.
    """
    import tensorflow as tf

    from ce_tf.training.state import make_state
    from ce_tf.training.step import train_steps
    from ce_tf.training.strategies import make_strategy

    tf.config.optimizer.set_experimental_options({"remapping": False})
    strategy = make_strategy(config)
    with strategy.scope():
        state = make_state(config)
    if batches is None:
        batches = tf.data.Dataset.from_tensors(make_batch(config.batch_size)).repeat()
    iterator = iter(strategy.experimental_distribute_dataset(batches))
    run = tf.function(functools.partial(train_steps, strategy, state, config, None))
    count = tf.constant(_STEPS)
    return lambda: [value.numpy() for value in run(iterator, count)[0].values()]


def make_masking(batch_size: int) -> Callable[[], object]:
    """What the device half of the input does in `_STEPS` steps."""
    import tensorflow as tf

    from ce_tf.completion import masking

    batch = {key: tf.constant(value) for key, value in make_batch(batch_size).items()}

    @tf.function
    def prepare(step: tf.Tensor) -> tf.Tensor:
        draws = tf.random.stateless_uniform([batch_size, masking.DRAWS], [0, step])
        parts = masking.prepare_batch(batch["image"], batch["mask"], draws, None)
        return tf.add_n([tf.reduce_sum(part) for part in parts])

    return lambda: [prepare(tf.constant(step)).numpy() for step in range(_STEPS)]


def make_way(name: str, batch_size: int) -> Callable[[], object]:
    """The work of one way, `_STEPS` steps of it."""
    if name in TORCH:
        from benchmarks.torch_step import make_step

        step = make_step(batch_size, **dict.fromkeys(TORCH[name], True))
        return lambda: [step() for _ in range(_STEPS)]
    if name == "masking":
        return make_masking(batch_size)
    settings = {"data": "", "workdir": "", "ema": 0.0, "strategy": "one_device"}
    settings |= OURS[name] | {"batch_size": batch_size}
    return make_steps(TrainConfig(**settings))


def start(name: str, batch_size: int) -> Racer:
    """A process that does one way."""
    return Racer("benchmarks.training", [f"--way={name}", f"--batch_size={batch_size}"])


def main(config: Config) -> None:
    """Runs the benchmark and prints its tables."""
    if config.way:
        serve(make_way(config.way, config.batch_size))
        return
    names = [*TORCH, *OURS, "masking"]
    racers = {name: start(name, config.batch_size) for name in names}
    times = race(racers, config.rounds)
    for racer in racers.values():
        racer.close()
    best = {name: min(values) for name, values in times.items()}
    pictures = _STEPS * config.batch_size
    first = best[names[0]]
    print(f"A step of both networks, 128x128, batch {config.batch_size}")
    for name in [*TORCH, *OURS]:
        spread = statistics.median(times[name]) / best[name] - 1
        print(
            f"  {name:26}{pictures / best[name]:>7.1f} pictures/s"
            f"{first / best[name]:>7.2f} x   (median {spread:.0%} slower)"
        )
    strongest = min(best[name] for name in TORCH)
    ours = min(best[name] for name in ("ce_tf, float32", "ce_tf, bfloat16"))
    float32 = best["ce_tf, float32"]
    print(f"float32 against the public form: {first / float32:.2f} x")
    usual = min(best[name] for name in TORCH if "lean" not in TORCH[name])
    print(f"our best against PyTorch's best, its usual step: {usual / ours:.2f} x")
    print(f"our best against PyTorch's best, our lean step: {strongest / ours:.2f} x")
    print(f"masking, filling and varying holes: {best['masking'] / float32:.2%}")
    averages = best["ce_tf, float32, averages"] / float32 - 1
    print(f"averaged weights: {averages:.2%} of a step")
    measure_loop(config.batch_size, float32 / _STEPS)
    racer = start("ce_tf, float32", 128)
    print(f"peak memory at batch 128: {racer.run()[1] / 1024:.1f} GB")
    racer.close()


def measure_loop(batch_size: int, step_seconds: float) -> None:
    """What progress, logging and a checkpoint every five minutes cost."""
    from pathlib import Path

    from ce_tf.training.checkpoints import Checkpoints
    from ce_tf.training.progress import Writer, progress_bar, show_losses
    from ce_tf.training.state import make_state
    from ce_tf.training.step import reported

    config = TrainConfig(data="", workdir="", batch_size=batch_size)
    losses = dict.fromkeys(reported(config), 0.5)
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        bar = progress_bar(0, 1000, batch_size)
        with bar, Writer(Path(folder)) as writer:
            for step in range(0, 1000, config.steps_per_call):
                show_losses(bar, step, losses)
                bar.update(config.steps_per_call * batch_size)
                writer.log(step, losses)
        showing = (time.perf_counter() - begin) / 1000 / step_seconds
        state = make_state(config)
        checkpoints = Checkpoints(Path(folder), state, keep=1)
        begin = time.perf_counter()
        checkpoints.save()
        saving = time.perf_counter() - begin
    print(
        f"the loop: progress and logs {showing:.2%} of the time, a checkpoint every 5 "
        f"minutes {saving / 300:.2%} ({saving:.1f} s each)"
    )


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
