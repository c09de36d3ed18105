"""All that training changes: networks, optimizers, step."""

import dataclasses

import keras
import tensorflow as tf

from ce_tf import masking
from ce_tf.config import TrainConfig
from ce_tf.models import GENERATORS, Discriminator


@dataclasses.dataclass(frozen=True)
class TrainState:
    """What a step updates and a checkpoint holds."""

    generator: keras.Model
    discriminator: keras.Model
    generator_optimizer: keras.optimizers.Optimizer
    discriminator_optimizer: keras.optimizers.Optimizer
    step: tf.Variable


def make_state(config: TrainConfig) -> TrainState:
    """Everything at its first values; call it in the strategy's scope."""
    generator = make_generator(config)
    discriminator = Discriminator(config.width, config.initializer)
    discriminator(tf.zeros([1, generator.size, generator.size, 3]))
    optimizers = [
        keras.optimizers.Adam(rate, beta_1=config.beta1)
        for rate in (config.generator_rate, config.discriminator_rate)
    ]
    for optimizer, model in zip(optimizers, (generator, discriminator), strict=True):
        optimizer.build(model.trainable_variables)
    step = tf.Variable(0, dtype=tf.int64, trainable=False, name="step")
    return TrainState(generator, discriminator, *optimizers, step)


def make_generator(config: TrainConfig) -> keras.Model:
    """The generator of a run, at its first values.

    Variables come from calling it once: made by `build` they are unknown to the
    optimizer inside a replica.
    """
    generator = GENERATORS[config.model](config.width, config.initializer)
    image = tf.zeros([1, generator.size, generator.size, 3])
    generator({"image": image, "mask": image[..., :1]})
    return generator


def fill_tensor(
    config: TrainConfig, mean_color: tuple[float, float, float]
) -> tf.Tensor | None:
    """The hole's colour, float [3] in [-1, 1]; None for the visible pixels' mean.

    Args:
        config: whose `fill` decides.
        mean_color: of the data set, R, G, B in [0, 255].
    """
    if config.fill == "visible_mean":
        return None
    return masking.normalize(tf.constant(mean_color))
