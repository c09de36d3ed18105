"""A trained discriminator's weights: of a run, or of what ships with the package."""

import tempfile
from pathlib import Path

import keras

from ce_tf.perceptual.loss import load_loss_features
from ce_tf.pretrained.files import find_discriminator, is_pretrained, read_card
from ce_tf.training.checkpoints import find_checkpoint, restore_model
from ce_tf.training.config import TrainConfig
from ce_tf.training.run_folder import RunFolder, read_config
from ce_tf.training.state import make_discriminator
from ce_tf.training.weights import OLD_SUFFIX, halve

# What of a config makes the discriminator.
_FIELDS = ("discriminator", "judge_width")


def take_discriminator(
    path: Path, config: TrainConfig, discriminator: keras.Model
) -> bool:
    """Gives a discriminator the weights of the one that trained beside a generator.

    Args:
        path: of the generator: a run folder, `pretrained`, or a file or folder that
            has no discriminator.
        config: that made the discriminator.
        discriminator: takes the weights.

    Returns:
        Whether there was one of its kind; else it stays as it was.

    Raises:
        InputError: it is damaged.
    """
    if is_pretrained(path):
        file, old = find_discriminator(), TrainConfig(**read_card()["config"])
        if file is None or not _same_kind(old, config):
            return False
        discriminator.load_weights(file)
        return True
    run = RunFolder(path)
    if not run.config.is_file() or not _same_kind(read_config(run).config, config):
        return False
    _restore(run, discriminator)
    return True


def pack_discriminator(run: RunFolder) -> bytes | None:
    """A run's best discriminator as Keras writes weights, of 16 bits.

    Returns:
        The bytes of a `.weights.h5` file; None where the run trained none.

    Raises:
        InputError: it cannot be read, or the features' package is missing.
    """
    config = read_config(run).config
    if not config.adversarial_weight:
        return None
    features = load_loss_features() if config.sees_features else None
    discriminator = make_discriminator(config, features)
    _restore(run, discriminator)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"discriminator{OLD_SUFFIX}"
        discriminator.save_weights(path)
        return halve(path.read_bytes())


def _restore(run: RunFolder, discriminator: keras.Model) -> None:
    average = "averaged_" if read_config(run).config.ema else ""
    checkpoint = find_checkpoint(run.checkpoints, "best")
    restore_model(checkpoint, f"{average}discriminator", discriminator)


def _same_kind(old: TrainConfig, config: TrainConfig) -> bool:
    same = all(getattr(old, name) == getattr(config, name) for name in _FIELDS)
    return bool(same and old.adversarial_weight)
