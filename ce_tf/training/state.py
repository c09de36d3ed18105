"""What a training step updates: the networks, their averages, the optimizers."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

from ce_tf.completion import masking
from ce_tf.errors import InputError
from ce_tf.models import DISCRIMINATORS, GENERATORS
from ce_tf.perceptual.loss import load_loss_features
from ce_tf.training.config import TrainConfig
from ce_tf.training.fused_normalization import fuse_normalization
from ce_tf.training.optimizers import make_optimizer

_POLICIES = {
    "float32": "float32",
    "bfloat16": "mixed_bfloat16",
    "float16": "mixed_float16",
}


@dataclasses.dataclass(frozen=True)
class TrainState:
    """What a step updates and a checkpoint holds, and what it looks through.

    Attributes:
        generator: and `discriminator`, the networks that are trained.
        averaged_generator: and `averaged_discriminator`, the same with averaged
            weights; None without averages.
        generator_optimizer: and `discriminator_optimizer`.
        features: the frozen network of `config.sees_features`, which no checkpoint
            holds; None without.
        step: int64, how many steps were made.
        seed: int64, of the run.
        best: float32, the best validation score so far (`config.best_by`; more is
            better), minus infinity before the first.
    """

    generator: keras.Model
    discriminator: keras.Model
    averaged_generator: keras.Model | None
    averaged_discriminator: keras.Model | None
    generator_optimizer: keras.optimizers.Optimizer
    discriminator_optimizer: keras.optimizers.Optimizer
    features: keras.Model | None
    step: tf.Variable
    seed: tf.Variable
    best: tf.Variable

    @property
    def averages(self) -> list[tuple[keras.Model, keras.Model]]:
        """Each averaged network with the one that is trained, the generator first."""
        pairs = (
            (self.averaged_generator, self.generator),
            (self.averaged_discriminator, self.discriminator),
        )
        return [(average, trained) for average, trained in pairs if average is not None]

    @property
    def result(self) -> keras.Model:
        """The generator that is measured, shown and exported."""
        return self.averaged_generator or self.generator


def make_state(config: TrainConfig) -> TrainState:
    """Everything at its first values; call it in the strategy's scope.

    Raises:
        InputError: the features' package is missing.
    """
    features = load_loss_features() if config.sees_features else None
    with _dtype_policy(_POLICIES[config.precision]):
        generator = fuse_normalization(make_generator(config))
        discriminator = fuse_normalization(make_discriminator(config, features))
    averaged_generator = averaged_discriminator = None
    if config.ema:
        averaged_generator = copy_weights(generator, make_generator(config))
        averaged_discriminator = copy_weights(
            discriminator, make_discriminator(config, features)
        )
    return TrainState(
        generator,
        discriminator,
        averaged_generator,
        averaged_discriminator,
        make_optimizer(
            config,
            config.generator_rate,
            generator,
            config.weight_decay,
            config.optimizer,
        ),
        make_optimizer(config, config.discriminator_rate, discriminator),
        features,
        step=_scalar(0, tf.int64, "step"),
        seed=_scalar(config.seed, tf.int64, "seed"),
        best=_scalar(float("-inf"), tf.float32, "best"),
    )


def make_generator(config: TrainConfig) -> keras.Model:
    """The generator of a run, at its first values.

    Variables come from calling it once: made by `build` they are unknown to the
    optimizer inside a replica.
    """
    generator = GENERATORS[config.model](config.width, config.initializer)
    generator.size = picture_size(config)
    generator(_blank(generator.size))
    return generator


def make_discriminator(
    config: TrainConfig, features: keras.Model | None = None
) -> keras.Model:
    """The discriminator of a run, at its first values; `features` as `TrainState`.

    Raises:
        InputError: it does not take pictures of `config.size`.
    """
    network = DISCRIMINATORS[config.discriminator]
    size = config.feature_size or picture_size(config)
    own = getattr(network, "size", size)
    if size != own:
        name = "feature_size" if config.feature_size else "size"
        raise InputError(
            f"--discriminator={config.discriminator} judges pictures of {own} alone, "
            f"not of --{name}={size}; `patch` and `projected` judge any."
        )
    discriminator = network(config.judge_width, config.initializer)
    shown = _blank(size)
    if features is not None:
        shown["features"] = features(shown["image"])
    discriminator(shown)
    return discriminator


def picture_size(config: TrainConfig) -> int:
    """Side of the pictures that a run trains on, in pixels.

    Raises:
        InputError: the generator does not take `config.size`.
    """
    network = GENERATORS[config.model]
    size, multiple = config.size or network.size, getattr(network, "multiple", None)
    if size != network.size and (multiple is None or size % multiple):
        sizes = f"multiples of {multiple}" if multiple else f"{network.size} alone"
        raise InputError(
            f"--size={size}: --model={config.model} takes {sizes}. Build the shards "
            "with --mask_size of the same."
        )
    if config.feature_size > size:
        raise InputError(
            f"--feature_size={config.feature_size} is more than the pictures' {size}."
        )
    return size


def copy_weights(source: keras.Model, target: keras.Model) -> keras.Model:
    """Gives `target` the weights of `source`, and returns it."""
    for variable, value in zip(target.variables, source.variables, strict=True):
        variable.assign(value)
    return target


def fill_tensor(fill: str, mean_color: tuple[float, float, float]) -> tf.Tensor | None:
    """The hole's colour, float [3] in [-1, 1]; None for the visible pixels' mean.

    Args:
        fill: one of `config.FILLS`.
        mean_color: of the data set, R, G, B in [0, 255].
    """
    if fill == "visible_mean":
        return None
    return masking.normalize(tf.constant(mean_color))


@contextmanager
def _dtype_policy(name: str) -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _blank(size: int) -> dict[str, tf.Tensor]:
    side = [1, size, size]
    return {"image": tf.zeros([*side, 3]), "mask": tf.zeros([*side, 1])}


def _scalar(value: float, dtype: tf.DType, name: str) -> tf.Variable:
    return tf.Variable(tf.constant(value, dtype), trainable=False, name=name)
