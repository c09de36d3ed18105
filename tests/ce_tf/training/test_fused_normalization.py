"""The fused normalisation against Keras's own."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ce_tf.models.normalization import BatchNormalization, batch_normalization
from ce_tf.training.fused_normalization import fuse_normalization
from ce_tf.training.state import make_state


def make_pair(policy: str, shape: tuple) -> tuple:
    """Ours, and Keras's with the same scale, offset and moving statistics."""
    ours = batch_normalization("ours")
    fuse_normalization(keras.Sequential([ours]))
    ours.dtype_policy = keras.DTypePolicy(policy)
    theirs = keras.layers.BatchNormalization(
        momentum=0.9, epsilon=1e-5, dtype=keras.DTypePolicy(policy)
    )
    rng = np.random.default_rng(0)
    for layer in (ours, theirs):
        layer.build(shape)
    values = [rng.uniform(0.5, 1.5, shape[-1:]) for _ in range(4)]
    for layer in (ours, theirs):
        layer.set_weights(values)
    return ours, theirs


def run(layer, inputs: tf.Tensor, upstream: tf.Tensor) -> list[np.ndarray]:
    """Outputs, gradients of inputs, scale and offset; then the moving statistics."""
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs, training=True)
        target = tf.reduce_sum(tf.cast(outputs, tf.float32) * upstream)
    variables = [layer.gamma.value, layer.beta.value]
    gradients = tape.gradient(target, [inputs, *variables])
    statistics = [layer.moving_mean, layer.moving_variance]
    return [
        np.array(tf.cast(x, tf.float32)) for x in (outputs, *gradients, *statistics)
    ]


@pytest.mark.numeric
@pytest.mark.parametrize("shape", [(4, 8, 4, 5), (4, 1, 1, 7), (1, 1, 1, 3)])
def test_it_does_what_keras_does(shape):
    """Of small whole numbers, as many as a power of 2: their sums and means are exact.

    What is left is rounding after it. A kernel may scale before it subtracts the mean;
    at its largest, 2 / sqrt(1e-5) for one value without any variance, it then errs by
    4e-5. With normal numbers of up to 10 that would be 2e-4.
    """
    ours, theirs = make_pair("float32", shape)
    rng = np.random.default_rng(1)
    inputs = tf.constant(rng.integers(-2, 3, shape), tf.float32)
    upstream = tf.constant(rng.integers(-1, 2, shape), tf.float32)
    for one, other in zip(
        run(ours, inputs, upstream), run(theirs, inputs, upstream), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("width", [4, 16])  # one is computed in 32 bits wholly
def test_with_16_bits_its_sums_have_32(policy, width):
    shape = (8, 32, 32, width)
    ours, theirs = make_pair(policy, shape)
    kind = ours.compute_dtype
    rng = np.random.default_rng(1)
    inputs = tf.cast(rng.normal(2.0, 3.0, shape), kind)
    upstream = tf.constant(rng.normal(size=shape), tf.float32)
    layers = ours, theirs
    ours, theirs = (run(layer, inputs, upstream) for layer in layers)
    assert all(layer(inputs, training=True).dtype == kind for layer in layers)
    # Outputs have 8 bits of mantissa in bfloat16, of values up to 6.
    np.testing.assert_allclose(ours[0], theirs[0], rtol=0.02, atol=0.02)
    # Sums of 8,192 values, in 16 bits, would be off by whole units.
    for one, other in zip(ours[2:], theirs[2:], strict=True):
        np.testing.assert_allclose(one, other, rtol=0.01, atol=0.3)


@pytest.mark.parametrize("frozen", [False, True])
def test_at_rest_it_keeps_its_statistics(frozen):
    ours, theirs = make_pair("float32", (4, 8, 6, 5))
    ours.trainable = theirs.trainable = not frozen
    inputs = tf.random.normal((4, 8, 6, 5))
    before = np.array(ours.moving_mean)
    outputs = [layer(inputs, training=frozen) for layer in (ours, theirs)]
    np.testing.assert_array_equal(*outputs)
    np.testing.assert_array_equal(ours.moving_mean, before)


def test_both_networks_of_a_run_have_it(make_config, tmp_path):
    state = make_state(make_config(tmp_path))
    for model in (state.generator, state.discriminator):
        found = [
            layer.training_call is not None
            for layer in model._flatten_layers()
            if isinstance(layer, BatchNormalization)
        ]
        assert found
        assert all(found)
