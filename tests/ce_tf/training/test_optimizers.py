import keras
import numpy as np
import pytest

from ce_tf.training.adam import FusedAdam
from ce_tf.training.optimizers import current_rate, make_optimizer


def train(make, steps: int = 5) -> list[np.ndarray]:
    """Weights after some steps of the same random gradients, and the moments."""
    rng = np.random.default_rng(0)
    first = rng.normal(size=(2, 7, 5)).astype(np.float32)
    variables = [keras.Variable(value) for value in first]
    optimizer = make(0.01, beta_1=0.5, weight_decay=0.1)
    optimizer.build(variables)
    for _ in range(steps):
        scale = 10.0 ** rng.integers(-6, 3)
        gradients = [rng.normal(size=(7, 5)).astype(np.float32) * scale for _ in first]
        optimizer.apply(gradients, variables)
    return [variable.numpy() for variable in (*variables, *optimizer.variables)]


def test_fused_adam_is_keras_adam():
    found, expected = train(FusedAdam), train(keras.optimizers.Adam)
    for fused, plain in zip(found, expected, strict=True):
        np.testing.assert_allclose(fused, plain, rtol=2e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("change", "rates"),
    [
        ({}, [2.0, 2.0, 2.0, 2.0, 2.0]),
        ({"schedule": "cosine"}, [2.0, 1.7071, 1.0, 0.2929, 0.0]),
        ({"schedule": "cosine", "warmup_steps": 2}, [0.0, 1.0, 2.0, 1.0, 0.0]),
    ],
)
def test_the_rate_follows_the_schedule(make_config, tmp_path, change, rates):
    config = make_config(tmp_path, steps=4, **change)
    model = keras.Sequential([keras.layers.Dense(1)])
    model.build((None, 1))
    optimizer = make_optimizer(config, 2.0, model)
    for step, rate in enumerate(rates):
        optimizer.iterations.assign(step)
        assert current_rate(optimizer) == pytest.approx(rate, abs=1e-3)


def test_norms_and_biases_do_not_decay(make_config, tmp_path):
    model = keras.Sequential([keras.layers.Dense(1), keras.layers.BatchNormalization()])
    model.build((None, 3))
    before = {weight.path: weight.numpy() + 1 for weight in model.trainable_weights}
    for weight in model.trainable_weights:
        weight.assign(before[weight.path])
    optimizer = make_optimizer(make_config(tmp_path), 0.1, model, weight_decay=0.5)
    optimizer.apply([0 * w.value for w in model.trainable_weights])
    for weight in model.trainable_weights:
        share = 0.95 if weight.path.endswith("kernel") else 1.0
        expected = share * before[weight.path]
        np.testing.assert_allclose(weight.numpy(), expected, rtol=1e-6)
