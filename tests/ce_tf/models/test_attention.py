import keras
import numpy as np
import pytest

from ce_tf.models.attention import KnownAttention


@pytest.fixture
def attention() -> KnownAttention:
    """Its value and its output are its input."""
    layer = KnownAttention(4, 2)
    layer(np.zeros((1, 2, 3, 4), np.float32), np.ones((1, 2, 3, 1), np.float32))
    identity = np.eye(4, dtype=np.float32)[np.newaxis, np.newaxis]
    layer.value.kernel.assign(identity)
    layer.out.convolution.kernel.assign(identity)
    layer.out.norm.gamma.assign([(1 + layer.out.norm.epsilon) ** 0.5] * 4)
    return layer


def test_the_hole_takes_from_what_is_known(attention):
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(1, 2, 3, 4)).astype(np.float32)
    known = np.zeros((1, 2, 3, 1), np.float32)
    known[0, 1, 2] = 1
    taken = attention(x, known) - x
    np.testing.assert_allclose(taken, np.broadcast_to(x[0, 1, 2], x.shape), atol=0.01)


def test_it_takes_most_from_what_looks_alike(attention):
    """Keys and queries that tell the first channel apart."""
    for layer in (attention.query, attention.key):
        kernel = np.zeros((1, 1, 4, 2), np.float32)
        kernel[0, 0, 0, 0] = 6
        layer.kernel.assign(kernel)
    x = np.zeros((1, 2, 3, 4), np.float32)
    x[0, 0, 0] = 1, 0, 0, 0  # asks
    x[0, 1, 1] = 1, 0.5, 0, 0  # answers
    known = np.ones((1, 2, 3, 1), np.float32)
    known[0, 0, 0] = 0
    taken = keras.ops.convert_to_numpy(attention(x, known) - x)
    assert taken[0, 0, 0, 1] > 0.49


def test_where_nothing_is_known_all_count_alike(attention):
    x = np.random.default_rng(1).uniform(size=(1, 2, 3, 4)).astype(np.float32)
    attention.query.kernel.assign(0 * attention.query.kernel)
    taken = attention(x, np.zeros((1, 2, 3, 1), np.float32)) - x
    mean = np.broadcast_to(x.mean((1, 2), keepdims=True), x.shape)
    np.testing.assert_allclose(taken, mean, atol=1e-5)
