"""Optimizers with what a run asks: rate over time, decay, loss scale, clipping."""

from typing import Any

import keras
import tensorflow as tf

from ce_tf.training.adam import FusedAdam
from ce_tf.training.config import TrainConfig
from ce_tf.training.muon import Muon

_OPTIMIZERS = {"adam": FusedAdam, "muon": Muon}


def make_optimizer(
    config: TrainConfig,
    rate: float,
    model: keras.Model,
    weight_decay: float = 0.0,
    name: str = "adam",
) -> keras.optimizers.Optimizer:
    """The optimizer of one network, its variables made.

    Args:
        config: whose beta1, schedule, warmup_steps, steps and precision are read.
        rate: the learning rate, or the highest one.
        model: what it is to train.
        weight_decay: decoupled decay of the kernels (Loshchilov and Hutter,
            arXiv 1711.05101); norms and biases are left alone.
        name: `adam` or `muon`.
    """
    options: dict[str, Any] = {
        "beta_1": config.beta1,
        "weight_decay": weight_decay or None,
    }
    if name == "muon" and config.precision == "bfloat16":
        options["matrix_dtype"] = "bfloat16"
    optimizer = _OPTIMIZERS[name](_rate_over_time(config, rate), **options)
    if weight_decay:
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    if config.precision == "float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build(model.trainable_variables)
    return optimizer


def apply_gradients(
    optimizer: keras.optimizers.Optimizer,
    gradients: list,
    model: keras.Model,
    clip_norm: float,
) -> None:
    """Updates a network in each replica by the sum of the replicas' gradients.

    Args:
        optimizer: of that network.
        gradients: this replica's, of the loss that `optimizer.scale_loss` scaled.
        model: the network.
        clip_norm: largest norm of the whole gradient (Pascanu et al.,
            arXiv 1211.5063, algorithm 1); 0 for any.
    """
    if clip_norm:
        # The norm is that of the replicas' sum, which the optimizer makes later: it
        # sums what is here divided by their number.
        context = tf.distribute.get_replica_context()
        gradients = context.all_reduce("SUM", gradients)
        largest = optimizer.scale_loss(tf.constant(clip_norm, tf.float32))
        gradients, _ = tf.clip_by_global_norm(gradients, largest)
        gradients = [g / context.num_replicas_in_sync for g in gradients]
    optimizer.apply(gradients, model.trainable_variables)


def current_rate(optimizer: keras.optimizers.Optimizer) -> float:
    """The learning rate of the next step."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    rate = inner.learning_rate  # a Keras variable, or a schedule's tensor
    return float(tf.convert_to_tensor(getattr(rate, "value", rate)))


def _rate_over_time(
    config: TrainConfig, rate: float
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    if config.schedule == "constant":
        return rate
    # SGDR's half wave (arXiv 1608.03983, equation 5), after a straight rise.
    warm = {"initial_learning_rate": rate}
    if config.warmup_steps:
        warm = {
            "initial_learning_rate": 0.0,
            "warmup_target": rate,
            "warmup_steps": config.warmup_steps,
        }
    return keras.optimizers.schedules.CosineDecay(
        decay_steps=config.steps - config.warmup_steps, **warm
    )
