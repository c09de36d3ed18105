"""Averaged weights: steadier than those of the last step."""

import keras
import tensorflow as tf

from ce_tf.training.config import TrainConfig
from ce_tf.training.state import TrainState


def update_averages(
    strategy: tf.distribute.Strategy, state: TrainState, config: TrainConfig
) -> None:
    """Moves the averaged networks towards the trained ones, after each step.

    `average = d * average + (1 - d) * weight`, with d = min(ema, (1 + step) /
    (10 + step)) so that the first weights are soon forgotten (TensorFlow's
    ExponentialMovingAverage). The moving statistics of normalisation are averaged
    alike, so that they stay those of the averaged weights. Called in cross-replica
    context: each replica moves its own copy.
    """
    step = tf.cast(state.step, tf.float32)
    share = 1.0 - tf.minimum(config.ema, (1.0 + step) / (10.0 + step))
    _move(strategy, state.averaged_generator, state.generator, share)
    if config.adversarial_weight:
        averaged = state.averaged_discriminator
        _move(strategy, averaged, state.discriminator, share)


def _move(
    strategy: tf.distribute.Strategy,
    average: keras.Model,
    trained: keras.Model,
    share: tf.Tensor,
) -> None:
    def move(variable: tf.Variable, weight: tf.Tensor, share: tf.Tensor) -> tf.Tensor:
        return variable.assign_sub(share * (variable - weight))

    for to, weight in zip(average.variables, trained.variables, strict=True):
        strategy.extended.update(to.value, move, args=(weight.value, share))
