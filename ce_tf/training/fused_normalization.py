"""Batch normalisation as one op where one replica trains."""

import keras
import tensorflow as tf

from ce_tf.models.normalization import BatchNormalization


def fuse_normalization(model: keras.Model) -> keras.Model:
    """Makes a network normalise faster in training; returns it.

    The numbers are the same, to rounding. At inference Keras's own op is as fast.
    """
    for layer in model._flatten_layers():
        if isinstance(layer, BatchNormalization):
            layer.training_call = _normalize
    return model


def _normalize(layer: BatchNormalization, inputs: tf.Tensor) -> tf.Tensor:
    """What `layer` does in training, three to four times as fast.

    Keras takes the moments, the differences and the scaling one after the other, each
    over the whole map, in float32. TensorFlow's fused op reads it twice, in its own
    precision, and sums in float32. It knows of no other replica, so with several of
    them Keras's way stays.
    """
    if tf.distribute.get_strategy().num_replicas_in_sync > 1:
        return keras.layers.BatchNormalization.call(layer, inputs, training=True)
    precision = layer.compute_dtype
    if inputs.shape[-1] % 16:
        precision = "float32"  # oneDNN is twice as slow in 16 bits at other widths
    inputs = tf.cast(inputs, precision)
    outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=inputs,
        scale=tf.convert_to_tensor(layer.gamma),
        offset=tf.convert_to_tensor(layer.beta),
        mean=tf.zeros([0]),
        variance=tf.zeros([0]),
        epsilon=layer.epsilon,
        is_training=True,
    )
    # The op gives the variance of all pictures, n / (n - 1) of that of these.
    count = tf.cast(tf.size(inputs) // tf.size(mean), tf.float32)
    variance *= (count - 1.0) / count
    for moving, value in (
        (layer.moving_mean, mean),
        (layer.moving_variance, variance),
    ):
        moving.assign(moving * layer.momentum + value * (1.0 - layer.momentum))
    return tf.cast(outputs, layer.compute_dtype)
