"""What several tests ask of a training state."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.python.util import _pywrap_determinism

from ce_tf.training.checkpoints import Checkpoints
from ce_tf.training.config import TrainConfig
from ce_tf.training.state import TrainState, make_state

# For what does not look at the discriminator: a step that is traced in half the time.
ONE_NETWORK = {"adversarial_weight": 0.0, "ema": 0.0}


def restored(run: Path, config: TrainConfig) -> TrainState:
    """A state with the newest checkpoint of a run."""
    state = make_state(config)
    assert Checkpoints(run / "checkpoints", state, keep=1).restore() > 0
    return state


def assignable(state: TrainState) -> list:
    """Every variable that a step changes, statistics and optimizers included."""
    owners = (
        *(state.generator, state.discriminator),
        *(state.averaged_generator, state.averaged_discriminator),
        *(state.generator_optimizer, state.discriminator_optimizer),
    )
    found = [variable for owner in owners if owner for variable in owner.variables]
    return [*found, state.step, state.best]


def variables(state: TrainState) -> list[np.ndarray]:
    """Their values."""
    return [variable.numpy() for variable in assignable(state)]


@contextmanager
def fixed_order() -> Iterator[None]:
    """Each op takes its parts in one order: on one machine the same bits each time.

    TensorFlow has a public way in, and none out.
    """
    tf.config.experimental.enable_op_determinism()
    try:
        yield
    finally:
        _pywrap_determinism.enable(False)
