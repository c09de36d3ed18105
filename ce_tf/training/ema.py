"""Averaged weights: steadier than those of the last step."""

import keras
import tensorflow as tf


def update_average(
    strategy: tf.distribute.Strategy,
    average: keras.Model,
    trained: keras.Model,
    decay: float,
    step: tf.Tensor,
) -> None:
    """Moves an averaged network towards the trained one, after each step.

    `average = d * average + (1 - d) * weight`, with d = min(decay, (1 + step) /
    (10 + step)) so that the first weights are soon forgotten (TensorFlow's
    ExponentialMovingAverage). The moving statistics of normalisation are averaged
    alike, so that they stay those of the averaged weights. Called in cross-replica
    context: each replica moves its own copy.

    Args:
        strategy: of both networks.
        average: the averaged network, updated in place.
        trained: the same network, trained.
        decay: in [0, 1).
        step: int64 [], how many steps were made.
    """
    step = tf.cast(step, tf.float32)
    share = 1.0 - tf.minimum(decay, (1.0 + step) / (10.0 + step))

    def move(variable: tf.Variable, weight: tf.Tensor, share: tf.Tensor) -> tf.Tensor:
        return variable.assign_sub(share * (variable - weight))

    for to, weight in zip(average.variables, trained.variables, strict=True):
        strategy.extended.update(to.value, move, args=(weight.value, share))
