"""A new run that starts from trained weights: `--init_from`."""

from pathlib import Path

from ce_tf.errors import InputError
from ce_tf.training.config import TrainConfig
from ce_tf.training.discriminator_weights import take_discriminator
from ce_tf.training.state import TrainState, copy_weights
from ce_tf.training.weights import Trained, load_generator


def load_initial_weights(state: TrainState, config: TrainConfig) -> str:
    """Gives a fresh state the weights that `config.init_from` names.

    A run gives its best generator, and its discriminator too where it trained one of
    the same kind; so does what ships; a file gives a generator. Optimizers and step
    begin anew.

    Returns:
        What was taken, in words.

    Raises:
        InputError: there is nothing to take, or it is of another network.
    """
    path = Path(config.init_from)
    trained = load_generator(path)
    _require_same_network(trained, config)
    copy_weights(trained.generator, state.generator)
    words = f"{path} ({trained.description})"
    if take_discriminator(path, config, state.discriminator):
        words += " and its discriminator"
    for average, trained in state.averages:
        copy_weights(trained, average)
    return words


def _require_same_network(trained: Trained, config: TrainConfig) -> None:
    differences = [
        f"--{name}={getattr(trained.config, name)}, not {getattr(config, name)}"
        for name in ("model", "width")
        if getattr(trained.config, name) != getattr(config, name)
    ]
    if differences:
        raise InputError(
            f"--init_from={config.init_from} holds weights of "
            f"{' and '.join(differences)}. Train with the same network."
        )
