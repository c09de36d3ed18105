"""How many examples a second the input alone gives.

  python -m benchmarks.input [--data=SHARDS] [--rounds=5]

Without --data it builds shards of generated photos first, as large as real ones.
"""

import dataclasses
import itertools
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.builder import best_times
from ce_tf.command_line import flag, run_command
from ce_tf.tensorflow_logs import import_tensorflow

_BATCH = 32
_BATCHES = 200  # of each turn


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    data: str = flag("", help="Shards to read; left out, 4,000 photos are generated.")
    rounds: int = flag(5, help="Turns; the best of them counts.")


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


def make_input(data: str) -> Callable[[], object]:
    """`_BATCHES` batches of 32."""
    from ce_tf.data.pipeline import train_dataset
    from ce_tf.records.manifest import read_manifest

    batches = iter(
        train_dataset(data, read_manifest(data), size=128, batch_size=_BATCH, seed=0)
    )
    return lambda: [None for _ in itertools.islice(batches, _BATCHES)]


def main(config: Config) -> None:
    """Runs the benchmark and prints its figure."""
    import_tensorflow()
    with tempfile.TemporaryDirectory() as scratch:
        read = make_input(config.data or build_shards(Path(scratch)))
        read()
        seconds = best_times({"input": read}, config.rounds)["input"]
    print(f"input: {_BATCHES * _BATCH / seconds:,.0f} examples/s")


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
