"""Makes a training set: photos and holes in, TFRecord shards and a manifest out.

  python -m tfrecords_builder --images=PHOTOS --voc_dir=VOCdevkit --out=SHARDS
  python -m tfrecords_builder verify SHARDS

The first builds; the same command again goes on with a build that was stopped. The
second rereads every shard, and exits with status 1 if anything is wrong.
"""

import sys
from collections.abc import Sequence

from ce_tf.command_line import run_command
from ce_tf.tensorflow_logs import import_tensorflow
from tfrecords_builder.config import BuildConfig, VerifyConfig


def run(argv: Sequence[str] | None = None) -> None:
    """The console command; exits with its status."""
    argv = list(sys.argv if argv is None else argv)
    if argv[1:2] == ["verify"]:
        run_command(VerifyConfig, _verify, __doc__, argv[1:])
    run_command(BuildConfig, _build, __doc__, argv)


# Each imports TensorFlow, which --help does without.
def _build(config: BuildConfig) -> None:
    import_tensorflow("tfrecords_builder")
    from tfrecords_builder.building import build

    build(config)


def _verify(config: VerifyConfig) -> int:
    import_tensorflow("tfrecords_builder")
    from tfrecords_builder.verify import verify

    problems = verify(config.folder)
    for problem in problems:
        print(problem)
    print(f"{config.folder}: {len(problems) or 'nothing'} wrong.")
    return 1 if problems else 0


if __name__ == "__main__":
    run()
