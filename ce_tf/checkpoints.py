"""What is saved of a run, and how it is taken up again."""

import re
from pathlib import Path

import keras
import tensorflow as tf

from ce_tf.errors import InputError
from ce_tf.state import TrainState

# What TensorFlow raises for files that are damaged or do not fit.
_UNREADABLE = (tf.errors.OpError, ValueError, AssertionError, IndexError)


class Checkpoints:
    """The newest checkpoints of a run: networks, optimizers and step, in `folder`.

    Variables are saved as plain lists in each model's own order. Saved as models they
    would not all be found: TensorFlow does not see layers that Keras keeps in a list.
    """

    def __init__(self, folder: Path, state: TrainState, keep: int):
        self.folder = folder
        self._checkpoint = tf.train.Checkpoint(
            generator=_variables(state.generator),
            discriminator=_variables(state.discriminator),
            generator_optimizer=_variables(state.generator_optimizer),
            discriminator_optimizer=_variables(state.discriminator_optimizer),
            step=state.step,
        )
        self._step = state.step
        self._manager = tf.train.CheckpointManager(
            self._checkpoint, str(folder), max_to_keep=keep, checkpoint_name="step"
        )

    def restore(self) -> int:
        """Puts the newest checkpoint into the state; returns its step, 0 if none.

        Raises:
            InputError: it cannot be read, or does not fit these networks.
        """
        newest = self._manager.latest_checkpoint
        if newest is None:
            return 0
        try:
            self._checkpoint.restore(newest).assert_consumed()
        except _UNREADABLE as error:
            raise InputError(
                f"checkpoint {newest} cannot be restored: "
                f"{str(error).splitlines()[0]} Delete its files to go on from the one "
                "before it."
            ) from None
        return int(self._step.numpy())

    def save(self) -> None:
        """Saves the state as checkpoint `step-N`, and drops those beyond `keep`.

        Raises:
            InputError: the disk is full or cannot be written; older ones stay.
        """
        try:
            self._manager.save(checkpoint_number=int(self._step.numpy()))
        except (tf.errors.OpError, OSError) as error:
            raise InputError(
                f"cannot save a checkpoint in {self.folder}: "
                f"{str(error).splitlines()[0]} Older ones are as they were."
            ) from None


def restore_generator(folder: Path, generator: keras.Model) -> int:
    """Loads the newest checkpoint's generator, for export; returns its step.

    Raises:
        InputError: there is no checkpoint, or it does not fit.
    """
    newest = tf.train.latest_checkpoint(str(folder))
    if newest is None:
        raise InputError(f"{folder} holds no checkpoint. Train first with train.py.")
    try:
        saved = tf.train.Checkpoint(generator=_variables(generator))
        status = saved.restore(newest)
        status.expect_partial().assert_existing_objects_matched()
    except _UNREADABLE as error:
        raise InputError(
            f"checkpoint {newest} cannot be restored: {str(error).splitlines()[0]}"
        ) from None
    return int(re.search(r"-(\d+)$", newest).group(1))


def _variables(owner: keras.Model | keras.optimizers.Optimizer) -> list[tf.Variable]:
    return [variable.value for variable in owner.variables]
