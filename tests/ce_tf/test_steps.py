import dataclasses
import functools
from collections.abc import Callable, Iterator

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework import kernels

from ce_tf import masking
from ce_tf.state import TrainState, make_state
from ce_tf.steps import SCALARS, mask_draws, replica_step, train_steps
from tests.fakes import make_photo

CPUS = ("CPU:0", "CPU:1")


def make_batch(count: int = 4) -> dict[str, np.ndarray]:
    """Smooth photos, each with a rectangular hole inside."""
    rng = np.random.default_rng(3)
    image = np.stack([make_photo(seed, 128, 128) for seed in range(count)])
    mask = np.zeros((count, 128, 128, 1), np.uint8)
    for hole in mask:
        top, left = rng.integers(10, 70, 2)
        hole[top : top + 40, left : left + 30] = 1
    return {"image": image, "mask": mask}


def make_tiny_state(config):
    keras.utils.set_random_seed(0)
    return make_state(config)


def step(state, config) -> dict[str, float]:
    """One step on one replica, as it stands, without tracing."""
    values = replica_step(state, config, None, make_batch(config.batch_size))
    state.step.assign_add(1)
    return dict(zip(SCALARS, values.numpy().tolist(), strict=True))


def weights(model) -> list[np.ndarray]:
    return [weight.numpy() for weight in model.weights]


@pytest.fixture(scope="module")
def config(make_config, tmp_path_factory):
    return make_config(tmp_path_factory.mktemp("steps"))


def test_a_step_trains_both_networks(config):
    state = make_tiny_state(config)
    models = (state.generator, state.discriminator)
    before = [weights(model) for model in models]
    values = step(state, config)
    joint = 0.999 * values["reconstruction_loss"] + 0.001 * values["adversarial_loss"]
    assert values["generator_loss"] == pytest.approx(joint, rel=1e-5)
    assert 0 < values["real_probability"] < 1
    assert 0 < values["completed_probability"] < 1
    for model, old in zip(models, before, strict=True):
        pairs = zip(old, weights(model), model.weights, strict=True)
        assert not [w.path for a, b, w in pairs if (a == b).all()]


def test_each_network_follows_its_own_loss(config):
    """Without a weight on it, the adversary does not move the generator."""
    results = []
    for change in (
        {"adversarial_weight": 0.0},
        {"adversarial_weight": 0.0, "discriminator_rate": 0.1},
        {"adversarial_weight": 1.0, "discriminator_rate": 0.1},
    ):
        changed = dataclasses.replace(config, **change)
        state = make_tiny_state(changed)
        for _ in range(2):
            step(state, changed)
        results.append(weights(state.generator))
    without, other_rate, with_it = results
    for a, b in zip(without, other_rate, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
    kernels_differ = [
        not np.allclose(a, b, atol=1e-5) for a, b in zip(without, with_it, strict=True)
    ]
    assert any(kernels_differ)


def test_holes_vary_from_step_to_step_and_by_seed(config):
    draws = [
        mask_draws(tf.constant(number), dataclasses.replace(config, seed=seed)).numpy()
        for number, seed in ((0, 0), (1, 0), (0, 1), (0, 0))
    ]
    assert draws[0].shape == (config.batch_size, masking.DRAWS)
    assert (draws[0] == draws[3]).all()
    assert (draws[0] != draws[1]).all()
    assert (draws[0] != draws[2]).all()


@dataclasses.dataclass
class Trainer:
    """A state on its strategy, and the function that trains it."""

    strategy: tf.distribute.Strategy
    state: TrainState
    run: Callable
    iterator: Iterator


def make_trainer(config, replicas: int) -> Trainer:
    strategy = tf.distribute.MirroredStrategy(CPUS[:replicas])
    with strategy.scope():
        state = make_tiny_state(config)
    dataset = tf.data.Dataset.from_tensors(make_batch(config.batch_size)).repeat()
    return Trainer(
        strategy,
        state,
        tf.function(functools.partial(train_steps, strategy, state, config, None)),
        iter(strategy.experimental_distribute_dataset(dataset)),
    )


@pytest.fixture(scope="module")
def two_replicas(config) -> Trainer:
    return make_trainer(config, 2)


def test_two_replicas_do_what_one_does(config, two_replicas):
    """Same global batch, same holes: same losses, statistics and weights."""
    alone = make_tiny_state(config)
    start = weights(two_replicas.state.generator)
    for a, b in zip(weights(alone.generator), start, strict=True):
        np.testing.assert_array_equal(a, b)
    values = two_replicas.run(two_replicas.iterator, tf.constant(1))
    expected = step(alone, config)
    for name in SCALARS:
        assert float(values[name]) == pytest.approx(expected[name], rel=1e-4), name
    assert two_replicas.state.step.numpy() == 1
    for name in ("generator", "discriminator"):
        one, two = getattr(alone, name), getattr(two_replicas.state, name)
        for a, b in zip(one.weights, two.weights, strict=True):
            # Adam's first step is the rate times the sign of the gradient, so where a
            # gradient is all but 0 the two may differ by twice the rate of 1e-3.
            difference = np.abs(a.numpy() - b.numpy())
            assert difference.max() <= 2.1e-3, a.path
            assert np.median(difference) < 1e-5, a.path


def test_the_hole_is_learned(two_replicas):
    def train(steps: int) -> float:
        values = two_replicas.run(two_replicas.iterator, tf.constant(steps))
        return float(values["reconstruction_loss"])

    first = train(1)
    train(60)
    assert train(5) < 0.6 * first


def prepared_nodes(trainer: Trainer) -> list:
    """The nodes of `prepare_batch` in the traced training function and its parts."""
    concrete = trainer.run.get_concrete_function(trainer.iterator, tf.constant(1))
    library = concrete.graph.as_graph_def().library.function
    return [
        node
        for function in library
        for node in function.node_def
        if f"{masking.PREPARE}/" in node.name or f"{masking.PREPARE}_" in node.name
    ]


def test_masking_belongs_to_the_replicas(two_replicas):
    nodes = prepared_nodes(two_replicas)
    work = {"Cast", "Mul", "Sub", "Sum", "ReverseV2", "SelectV2", "GatherV2"}
    for device in CPUS:
        here = {node.op for node in nodes if node.device.endswith(device)}
        assert work <= here, (device, work - here)
    elsewhere = {node.op for node in nodes if not node.device.endswith(CPUS)}
    assert elsewhere <= {"Const"}


# What `prepare_batch` is made of. A list, so that builds without GPU kernels (macOS)
# test the graph against it; builds that have them test the list.
MASKING_OPS = {
    *("AddV2", "ArgMax", "Cast", "Const", "Floor", "FloorMod", "GatherV2", "Greater"),
    *("Identity", "Less", "LogicalAnd", "Max", "Maximum", "Minimum", "Mul", "Range"),
    *("RealDiv", "Reshape", "ReverseV2", "SelectV2", "StridedSlice", "Sub", "Sum"),
    *("ZerosLike", "ExpandDims"),
}


def test_every_op_of_masking_has_a_gpu_kernel(two_replicas):
    nodes = prepared_nodes(two_replicas)
    used = {node.op for node in nodes}
    assert used <= MASKING_OPS
    if not tf.test.is_built_with_cuda():
        return
    missing = {node.op for node in nodes if not has_gpu_kernel(node)}
    assert not missing


def has_gpu_kernel(node) -> bool:
    """Whether a GPU kernel of the node's op is registered for the node's types."""
    for kernel in kernels.get_registered_kernels_for_op(node.op).kernel:
        fits = all(
            node.attr[constraint.name].type in constraint.allowed_values.list.type
            for constraint in kernel.constraint
        )
        if kernel.device_type in ("GPU", "DEFAULT") and fits:
            return True
    return False
