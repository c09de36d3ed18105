"""The same questions to every layer and network, as keras-hub's `test_case.py` asks."""

import ast
import collections
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import ce_tf.models
from ce_tf.models.generator import Generator
from tests.ce_tf.models.cases import CASES, Case, call

FOLDER = Path(ce_tf.models.__file__).parent


@pytest.fixture(params=CASES, ids=lambda case: case.make.__name__, scope="module")
def case(request) -> Case:
    return request.param


@pytest.fixture(scope="module")
def layer(case) -> keras.layers.Layer:
    """Called once, with random weights: no scale of a normalisation is 0.

    The same ones each time: of others a spectral norm may be found at once, and
    training then moves its estimate by less than shows.
    """
    keras.utils.set_random_seed(3)
    layer = case.build(name="layer")
    rng = np.random.default_rng(1)
    for weight in layer.weights:
        weight.assign(weight + rng.uniform(0.01, 0.1, weight.shape))
    return layer


def test_none_is_left_out():
    """Each layer that `ce_tf/models` defines is registered, and has a case."""
    modules = [
        importlib.import_module(f"ce_tf.models.{module.name}")
        for module in pkgutil.iter_modules([str(FOLDER)])
    ]
    defined = {
        found
        for module in modules
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, keras.layers.Layer) and found.__module__ == module.__name__
    } - {Generator}  # what generators share is none itself
    assert defined == {case.make for case in CASES}
    registered = keras.saving.get_custom_objects()
    assert {f"ce_tf>{found.__name__}" for found in defined} <= set(registered)


def test_they_are_made_of_keras_alone():
    allowed = {"keras", "math", "typing", "collections", "ce_tf.models"}
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module]
            for name in names:
                known = (name == a or name.startswith(f"{a}.") for a in allowed)
                assert any(known), f"{path.name} imports {name}"


def test_it_comes_back_from_its_config(case, layer):
    config = layer.get_config()
    assert {name: config[name] for name in case.arguments} == case.arguments
    own = inspect.signature(case.make.__init__).parameters
    named = set(own) - {"self", "args", "kwargs"}
    assert named <= set(config)
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(layer)
    )
    assert type(again) is case.make
    assert again.get_config() == config


def test_its_weights_have_names_of_their_own(case, layer):
    for weights, names in (
        (layer.trainable_weights, case.trainable),
        (layer.non_trainable_weights, case.fixed),
    ):
        assert collections.Counter(weight.name for weight in weights) == names
    # As a network's part it has the same paths below its name.
    paths = [weight.path for weight in layer.weights]
    assert len(set(paths)) == len(paths)
    assert all(path.startswith("layer/") for path in paths)


def test_it_gives_the_shape_it_promises(case, layer):
    """Eagerly, traced, and as a symbol with any batch."""
    examples = case.examples()
    eager = call(layer, examples)
    promised = case.output if isinstance(eager, list) else [case.output]
    assert [tuple(x.shape) for x in tf.nest.flatten(eager)] == promised
    traced = tf.function(lambda *inputs: call(layer, *inputs))(examples)
    for one, other in pairs(eager, traced):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    symbols = tf.nest.flatten(call(layer, case.symbols()))
    assert [tuple(x.shape) for x in symbols] == [(None, *x[1:]) for x in promised]


def test_training_moves_its_statistics_and_nothing_else_does(case, layer):
    examples = case.examples()
    before = [weight.numpy() for weight in layer.weights]
    at_rest = call(layer, examples)
    assert same(before, layer.weights)
    trained = call(layer, examples, **training(layer))
    for weight, old in zip(layer.weights, before, strict=True):
        stays = weight.trainable or case.still in weight.path
        assert stays == np.array_equal(weight.numpy(), old), weight.path
        weight.assign(old)
    for one, other in pairs(at_rest, trained):
        assert np.allclose(one, other, atol=1e-4) != case.training


def test_every_trainable_weight_has_a_gradient(case, layer):
    with tf.GradientTape() as tape:
        outputs = call(layer, case.examples(), **training(layer))
        losses = [tf.reduce_sum((x - 0.1) ** 2) for x in tf.nest.flatten(outputs)]
        loss = tf.add_n(losses)
    weights = [weight.value for weight in layer.trainable_weights]
    for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
        assert gradient is not None, weight.name
        assert np.abs(gradient).max() > 0, weight.name


def test_it_is_saved_and_loaded(case, layer, tmp_path):
    symbols = case.symbols()
    model = keras.Model(symbols, call(layer, symbols))
    model.save(tmp_path / "whole.keras")
    whole = keras.saving.load_model(tmp_path / "whole.keras")
    model.save_weights(tmp_path / "it.weights.h5")
    symbols = case.symbols()
    again = keras.Model(symbols, call(case.build(name="layer"), symbols))
    again.load_weights(tmp_path / "it.weights.h5")
    inputs = case.examples()
    for loaded in (whole, again):
        for one, other in pairs(loaded(inputs), model(inputs)):
            np.testing.assert_array_equal(one, other)
        assert [w.name for w in loaded.weights] == [w.name for w in model.weights]


def test_in_16_bits_its_weights_have_32(case):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        layer = case.build()
        outputs = call(layer, case.examples())
    finally:
        keras.config.set_dtype_policy(before)
    assert {weight.dtype for weight in layer.weights} <= {"float32"}
    for output in tf.nest.flatten(outputs):
        assert keras.backend.standardize_dtype(output.dtype) == case.precision
        assert np.isfinite(tf.cast(output, tf.float32)).all()


def pairs(one: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    """What two calls gave, tensor by tensor."""
    return zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True)


def training(layer: keras.layers.Layer) -> dict[str, bool]:
    """`training=True` where it takes that."""
    takes = "training" in inspect.signature(layer.call).parameters
    return {"training": True} if takes else {}


def same(arrays: list[np.ndarray], weights: list[keras.Variable]) -> bool:
    return all((a == w.numpy()).all() for a, w in zip(arrays, weights, strict=True))
