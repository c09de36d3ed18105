import keras
import numpy as np
import pytest
import tensorflow as tf

from ce_tf.training.adam import FusedAdam
from ce_tf.training.muon import Muon, orthogonalize


def draw(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).normal(size=shape)


@pytest.mark.parametrize("shape", [(40, 16), (16, 40), (24, 24)])
def test_directions_stay_and_weigh_alike(shape):
    matrix = draw(*shape)
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    assert values.max() / values.min() > 2
    made = orthogonalize(tf.constant(matrix), "float64").numpy()
    turned = left.T @ made @ right.T
    between = turned - np.diag(np.diag(turned))
    np.testing.assert_allclose(between, 0, atol=1e-9)
    inner = values > 0.05 * np.linalg.norm(matrix)
    assert inner.sum() > len(values) / 2
    assert np.diag(turned)[inner].min() > 0.6
    assert np.diag(turned).max() < 1.3


def test_sixteen_bits_are_enough():
    matrix = tf.constant(1e-6 * draw(300, 32), tf.float32)
    exact = orthogonalize(tf.cast(matrix, tf.float64), "float64").numpy()
    coarse = orthogonalize(matrix, "bfloat16")
    assert coarse.dtype == tf.float32
    error = np.linalg.norm(coarse.numpy() - exact) / np.linalg.norm(exact)
    assert error < 0.1


def test_nothing_moves_by_nothing():
    assert not orthogonalize(tf.zeros([5, 9])).numpy().any()


def step(make, shape: tuple[int, ...], gradients: list[np.ndarray]) -> np.ndarray:
    """What a variable of zeros becomes."""
    variable = keras.Variable(np.zeros(shape, np.float32))
    optimizer = make(0.01)
    optimizer.build([variable])
    for gradient in gradients:
        optimizer.apply([tf.constant(gradient, tf.float32)], [variable])
    return variable.numpy()


def test_kernels_move_by_their_orthogonalised_momentum():
    first, second = draw(3, 3, 16, 20), 100 * draw(3, 3, 20, 16).reshape(3, 3, 16, 20)
    found = step(Muon, first.shape, [first, second])
    momentum, expected = 0.0, 0.0
    for gradient in (first, second):
        gradient = gradient.reshape(144, 20)
        momentum = 0.95 * momentum + gradient
        ahead = tf.constant(gradient + 0.95 * momentum)
        expected -= 0.01 * 0.2 * 12 * orthogonalize(ahead, "float64").numpy()
    np.testing.assert_allclose(found.reshape(144, 20), expected, atol=1e-5)
    # As far as Adam's rate says, however large the gradient is.
    size = np.sqrt(np.square(step(Muon, first.shape, [1e4 * first])).mean())
    assert size == pytest.approx(0.2 * 0.01, rel=0.2)


@pytest.mark.parametrize("shape", [(20,), (20, 20), (3, 3, 8, 20), (3, 3, 20, 1)])
def test_all_else_moves_as_by_adam(shape):
    gradients = [draw(*shape), draw(*shape)[::-1]]
    found, expected = (step(make, shape, gradients) for make in (Muon, FusedAdam))
    assert found.any()
    assert (found == expected).all()


def test_it_is_saved_with_what_it_multiplies_in():
    made = keras.optimizers.serialize(Muon(0.1, matrix_dtype="bfloat16"))
    assert keras.optimizers.deserialize(made).matrix_dtype == "bfloat16"
