"""What is saved of a run, and how it is restored."""

import shutil
from pathlib import Path

import keras
import tensorflow as tf

from ce_tf.errors import InputError
from ce_tf.training.state import TrainState

# What TensorFlow raises for files that are damaged or do not fit.
_UNREADABLE = (tf.errors.OpError, ValueError, AssertionError, IndexError)
_BEST = "best"


class Checkpoints:
    """The newest checkpoints of a run in `folder`, and the best one in `folder/best`.

    Each holds both networks, their averages, both optimizers, step, seed and the best
    validation score. Variables are saved as plain lists in each model's own order.
    Saved as models they would not all be found: TensorFlow does not see layers that
    Keras keeps in a list.

    Args:
        folder: where they lie.
        state: what is saved and restored.
        keep: how many of the newest stay.
        writes: whether this machine saves; of several machines the first one does.

    Attributes:
        saved_step: the step of the newest save or restore; None before.
    """

    def __init__(
        self, folder: Path, state: TrainState, keep: int, *, writes: bool = True
    ):
        self.folder = folder
        self.saved_step: int | None = None
        self._state = state
        self._writes = writes
        parts = {
            "generator": state.generator,
            "discriminator": state.discriminator,
            "averaged_generator": state.averaged_generator,
            "averaged_discriminator": state.averaged_discriminator,
            "generator_optimizer": state.generator_optimizer,
            "discriminator_optimizer": state.discriminator_optimizer,
        }
        self._checkpoint = tf.train.Checkpoint(
            **{name: _variables(part) for name, part in parts.items() if part},
            step=state.step,
            seed=state.seed,
            best=state.best,
        )
        self._newest, self._best = (
            tf.train.CheckpointManager(
                self._checkpoint, str(place), max_to_keep=count, checkpoint_name="step"
            )
            for place, count in ((folder, keep), (folder / _BEST, 1))
        )

    @property
    def newest(self) -> str:
        """The path of the newest checkpoint; `none` where there is none."""
        return self._newest.latest_checkpoint or "none"

    def restore(self) -> int:
        """Puts the newest whole checkpoint into the state; returns its step, 0 if none.

        One that is damaged is named, and the one before it is taken.

        Raises:
            InputError: none of them can be read, or they do not fit these networks.
        """
        problems = []
        for path in reversed(self._newest.checkpoints):
            try:
                self._checkpoint.restore(path).assert_consumed()
            except _UNREADABLE as error:
                problems.append(f"{path} cannot be restored: {_first_line(error)}")
                continue
            for problem in problems:
                print(f"warning: checkpoint {problem} {path} is used instead.")
            self.saved_step = self._step()
            return self.saved_step
        if problems:
            raise InputError(
                f"checkpoint {problems[0]} No older one is whole either. Delete "
                f"{self.folder} to start anew."
            )
        return 0

    def save(self) -> None:
        """Saves the state as `step-N`, and drops those beyond `keep`.

        Raises:
            InputError: the weights are not finite, or the disk is full or cannot be
                written; older checkpoints stay as they were.
        """
        self._save(self._newest)
        self.saved_step = self._step()

    def save_best(self) -> None:
        """Saves the state as the best one; raises as `save`."""
        self._save(self._best)

    def _save(self, manager: tf.train.CheckpointManager) -> None:
        if not self._writes:
            return
        for model in (self._state.generator, self._state.discriminator):
            _require_finite(model, self._step(), self.newest)
        try:
            manager.save(checkpoint_number=self._step())
        except (tf.errors.OpError, OSError) as error:
            _remove_unfinished(Path(manager.directory), manager.checkpoints)
            raise InputError(
                f"cannot save a checkpoint in {manager.directory}: "
                f"{_first_line(error)} Older ones are as they were."
            ) from None

    def _step(self) -> int:
        return int(self._state.step.numpy())


def find_checkpoint(folder: Path, which: str = "latest") -> str:
    """The path of a run's checkpoint.

    Args:
        folder: `checkpoints/` of the run.
        which: `latest`, or `best`, which is the latest where nothing was measured.

    Raises:
        InputError: there is none.
    """
    found = None
    if which == "best":
        found = tf.train.latest_checkpoint(str(folder / _BEST))
    found = found or tf.train.latest_checkpoint(str(folder))
    if found is None:
        raise InputError(f"{folder} holds no checkpoint. Train first with train.py.")
    return found


def restore_model(checkpoint: str, part: str, model: keras.Model) -> int:
    """Loads one network from a checkpoint; returns the checkpoint's step.

    Args:
        checkpoint: as `find_checkpoint` gives it.
        part: `generator`, `averaged_generator`, or the like with `discriminator`.
        model: takes the weights.

    Raises:
        InputError: the checkpoint is damaged, or does not fit.
    """
    try:
        saved = tf.train.Checkpoint(**{part: _variables(model)})
        status = saved.restore(checkpoint)
        status.expect_partial().assert_existing_objects_matched()
    except _UNREADABLE as error:
        raise InputError(
            f"checkpoint {checkpoint} cannot be restored: {_first_line(error)}"
        ) from None
    return int(checkpoint.rpartition("-")[2])


def _require_finite(model: keras.Model, step: int, last: str) -> None:
    for variable in model.variables:
        if not bool(tf.reduce_all(tf.math.is_finite(variable.value))):
            raise InputError(
                f"after step {step} the weights {variable.path} are not finite, so "
                f"they are not saved. The last good checkpoint is {last}. "
                "Lower the learning rates, or set --clip_norm."
            )


def _remove_unfinished(folder: Path, whole: list[str]) -> None:
    """Removes what a failed save left behind; it takes place on a disk that is full."""
    names = {Path(path).name for path in whole}
    for path in folder.glob("step-*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.partition(".")[0] not in names:
            path.unlink(missing_ok=True)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _variables(owner: keras.Model | keras.optimizers.Optimizer) -> list[tf.Variable]:
    return [variable.value for variable in owner.variables]
