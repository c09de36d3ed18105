"""Trains the networks on shards that `python -m tfrecords_builder` wrote.

    train.py --data=shards --workdir=run --batch_size=32 --steps=20000

Watch it with `tensorboard --logdir=run/logs`, or look into `run/samples`. Started again
with the same settings it goes on from its last checkpoint. At the end the SavedModel
lies in `run/export/saved_model`. A recipe is a file of flags:
`train.py --flagfile=recipes/context_encoder.flags --data=... --workdir=...`
"""

from collections.abc import Sequence
from pathlib import Path

from ce_tf.command_line import run_command
from ce_tf.tensorflow_logs import import_tensorflow
from ce_tf.training.config import TrainConfig


def main(config: TrainConfig) -> None:
    """Trains the run and exports it."""
    import_tensorflow("training")
    from ce_tf.exporting.run import export_run
    from ce_tf.training.run import train
    from ce_tf.training.signals import go_on_unheard
    from ce_tf.training.strategies import is_first_worker

    go_on_unheard()
    train(config)
    if config.export and is_first_worker(config.strategy):
        export_run(Path(config.workdir))


def run(argv: Sequence[str] | None = None) -> None:
    """Starts training with the flags of `argv`, or of the command line."""
    run_command(TrainConfig, main, __doc__, argv)


if __name__ == "__main__":
    run()
