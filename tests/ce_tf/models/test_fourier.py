import keras
import numpy as np
import tensorflow as tf

from ce_tf.models.fourier import FourierBlock, _transform


def test_the_transform_is_its_own_inverse():
    x = np.random.default_rng(0).normal(size=(2, 6, 10, 3)).astype(np.float32)
    np.testing.assert_allclose(_transform(_transform(x)), x, atol=1e-5)


def test_the_transform_is_that_of_fourier():
    """Hartley's is the real less the imaginary part, of rows and then of columns."""
    x = np.random.default_rng(1).normal(size=(1, 6, 10, 1))
    expected = x
    for axis in (1, 2):
        turned = np.fft.fft(expected, axis=axis, norm="ortho")
        expected = turned.real - turned.imag
    found = _transform(x.astype(np.float32)).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-5)
    negative = _transform(x.astype(np.float32), negative=True).numpy()
    turned = np.roll(expected[:, ::-1, ::-1], 1, axis=(1, 2))
    np.testing.assert_allclose(negative, turned, atol=1e-5)


def test_a_place_sees_every_other():
    keras.utils.set_random_seed(0)
    block = FourierBlock(16)
    x = tf.random.stateless_uniform([1, 16, 16, 16], seed=(0, 1))
    block(x)
    block.conv2.norm.gamma.assign([1.0] * 16)
    with tf.GradientTape() as tape:
        tape.watch(x)
        corner = tf.reduce_sum(block(x)[0, 0, 0])
    assert (np.abs(tape.gradient(corner, x)).sum(-1) > 0).mean() > 0.99
