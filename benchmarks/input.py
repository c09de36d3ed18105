"""How many examples a second the input alone gives, decoding anew and from memory.

  python -m benchmarks.input [--data=SHARDS] [--rounds=5]

Without --data it builds shards of generated photos first, as large as real ones.
"""

import dataclasses
import itertools
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.racing import Racer, race, serve
from ce_tf.command_line import flag, run_command

_BATCH = 32
_BATCHES = 200  # of each turn


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    data: str = flag("", help="Shards to read; left out, 4,000 photos are generated.")
    rounds: int = flag(5, help="Turns of each way; the best of them counts.")
    way: str = flag("", help="Internal: the one way that this process does.")


def build_shards(folder: Path) -> str:
    """Shards of 4,000 generated photos of 150 pixels."""
    from benchmarks.builder import make_photos
    from tfrecords_builder.building import build
    from tfrecords_builder.config import BuildConfig

    make_photos(folder / "photos", 4000, 150, 150)
    config = BuildConfig(
        images=(str(folder / "photos"),), out=str(folder / "shards"), size=144
    )
    build(config)
    return config.out


def make_way(data: str, cache: str) -> Callable[[], object]:
    """`_BATCHES` batches of 32."""
    from ce_tf.data.pipeline import train_dataset
    from ce_tf.records.manifest import read_manifest

    batches = iter(
        train_dataset(
            data,
            read_manifest(data),
            size=128,
            batch_size=_BATCH,
            seed=0,
            cache=cache,
        )
    )
    return lambda: [None for _ in itertools.islice(batches, _BATCHES)]


def main(config: Config) -> None:
    """Runs the benchmark and prints its table."""
    if config.way:
        serve(make_way(config.data, config.way))
        return
    with tempfile.TemporaryDirectory() as scratch:
        data = config.data or build_shards(Path(scratch))
        racers = {
            cache: Racer("benchmarks.input", [f"--data={data}", f"--way={cache}"])
            for cache in ("none", "ram")
        }
        times = race(racers, config.rounds)
        for racer in racers.values():
            racer.close()
    for cache, seconds in times.items():
        speed = _BATCHES * _BATCH / min(seconds)
        print(f"--cache={cache:5}{speed:>10,.0f} examples/s")


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
