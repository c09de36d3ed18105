"""Makes a training set: photos and holes in, TFRecord shards and a manifest out.

  python -m tfrecords_builder --images=PHOTOS --voc_dir=VOCdevkit --out=SHARDS

Running the same command again goes on with a build that was stopped.
"""

from collections.abc import Sequence

from ce_tf.doors import open_door
from tfrecords_builder.config import BuildConfig


def run(argv: Sequence[str] | None = None) -> None:
    """The console command; exits with its status."""
    open_door(BuildConfig, _build, __doc__, argv)


def _build(config: BuildConfig) -> None:
    # Imports TensorFlow, which --help does without.
    from tfrecords_builder.building import build

    build(config)


if __name__ == "__main__":
    run()
