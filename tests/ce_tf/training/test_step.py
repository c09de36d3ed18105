import dataclasses
import functools
from collections.abc import Callable, Iterator

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework import kernels

from ce_tf.completion import masking
from ce_tf.data.seeds import CLOSE_UP, HOLES
from ce_tf.training.muon import orthogonalize
from ce_tf.training.optimizers import apply_gradients, make_optimizer
from ce_tf.training.state import TrainState, make_state
from ce_tf.training.step import draw_for_rows, replica_step, reported, train_steps
from tests.ce_tf.training.precision import compute_in_float64
from tests.ce_tf.training.states import fixed_order
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
    return {"image": image, "mask": mask, "row": np.arange(count, dtype=np.int32)}


def in_two_levels(batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Pictures of 0 and 255 alone, which a network sees as -1 and 1.

    The mean of the visible pixels, which fills the hole, is then the same number in
    whatever order they are summed.
    """
    image = np.where(batch["image"] > 127, 255, 0).astype(np.uint8)
    return batch | {"image": image}


def make_tiny_state(config):
    keras.utils.set_random_seed(0)
    return make_state(config)


def step(state, config, batch=None) -> dict[str, float]:
    """One step on one replica, as it stands, without tracing."""
    values = replica_step(state, config, None, batch or make_batch(config.batch_size))
    state.step.assign_add(1)
    return dict(zip(reported(config), values.numpy().tolist(), strict=True))


def train(config, state=None) -> tuple[TrainState, list[dict[str, float]]]:
    """Two steps, from the first values on where no state is given; the same bits."""
    state = state or make_tiny_state(config)
    with fixed_order():
        return state, [step(state, config) for _ in range(2)]


def weights(model) -> list[np.ndarray]:
    return [weight.numpy() for weight in model.weights]


@pytest.fixture(scope="module")
def config(make_config, tmp_path_factory):
    return make_config(tmp_path_factory.mktemp("steps"), ema=0.8)


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


def test_texture_is_part_of_the_joint_loss(config):
    textured = dataclasses.replace(config, texture_weight=0.5)
    values = step(make_tiny_state(textured), textured)
    assert list(values) == list(reported(textured))
    assert values["texture_loss"] > 0
    joint = 0.999 * values["reconstruction_loss"] + 0.5 * values["texture_loss"]
    joint += 0.001 * values["adversarial_loss"]
    assert values["generator_loss"] == pytest.approx(joint, rel=1e-5)


@pytest.mark.parametrize("name", ["perceptual", "style"])
def test_what_a_classifier_sees_is_part_of_the_joint_loss(config, name):
    seen = dataclasses.replace(config, **{f"{name}_weight": 0.5})
    values = step(make_tiny_state(seen), seen)
    assert list(values) == list(reported(seen))
    assert values[f"{name}_loss"] > 0
    joint = 0.999 * values["reconstruction_loss"] + 0.5 * values[f"{name}_loss"]
    joint += 0.001 * values["adversarial_loss"]
    assert values["generator_loss"] == pytest.approx(joint, rel=1e-5)


def test_a_projected_discriminator_trains_its_heads_alone(config):
    """Neither the projections nor the network that sees are touched or counted."""
    projected = dataclasses.replace(
        config, discriminator="projected", adversarial_loss="hinge"
    )
    state = make_tiny_state(projected)
    judge, eyes = state.discriminator, weights(state.features)
    before = {weight.path: weight.numpy() for weight in judge.weights}
    values = [step(state, projected) for _ in range(2)]
    assert values[1]["discriminator_loss"] < values[0]["discriminator_loss"]
    changed = {w.path for w in judge.weights if (w.numpy() != before[w.path]).any()}
    # A bias behind the last convolution is pulled both ways alike within the margin.
    heads = [*judge.heads, *judge.judges]
    assert {layer.kernel.path for layer in heads} <= changed
    assert not {mixer.kernel.path for mixer in judge.mixers} & changed
    for old, new in zip(eyes, weights(state.features), strict=True):
        np.testing.assert_array_equal(old, new)
    inside = {id(variable) for variable in judge.variables}
    assert not inside & {id(variable) for variable in state.features.variables}
    # Drawn by the run's seed.
    again = make_tiny_state(projected).discriminator
    for one, two in zip(judge.mixers, again.mixers, strict=True):
        np.testing.assert_array_equal(one.kernel, two.kernel)


def test_the_discriminator_may_have_a_width_of_its_own(config):
    wide = dataclasses.replace(config, discriminator_width=2 * config.width)
    plain, changed = make_tiny_state(config), make_tiny_state(wide)
    sizes = [state.generator.count_params() for state in (plain, changed)]
    assert sizes[0] == sizes[1]
    sizes = [state.discriminator.count_params() for state in (plain, changed)]
    assert sizes[1] > 3 * sizes[0]
    judge, average = changed.discriminator, changed.averaged_discriminator
    assert average.count_params() == judge.count_params()


def same(first: list[np.ndarray], second: list[np.ndarray]) -> bool:
    """To the bit."""
    return all((a == b).all() for a, b in zip(first, second, strict=True))


def test_each_network_follows_its_own_loss(config):
    """Without a weight on it the discriminator rests and moves nothing."""
    results = []
    for change in (
        {"adversarial_weight": 0.0},
        {"adversarial_weight": 0.0, "discriminator_rate": 0.1},
        {"adversarial_weight": 0.0, "discriminator": "projected"},
        {"adversarial_weight": 1.0, "discriminator_rate": 0.1},
    ):
        changed = dataclasses.replace(config, **change)
        state = make_tiny_state(changed)
        judge = weights(state.discriminator)
        train(changed, state)
        results.append(weights(state.generator))
        rests = not changed.adversarial_weight
        assert same(judge, weights(state.discriminator)) == rests
    without, other_rate, other_kind, with_it = results
    assert same(without, other_rate)
    assert same(without, other_kind)
    assert not same(without, with_it)


@pytest.fixture(scope="module")
def plain(config):
    return dataclasses.replace(config, adversarial_weight=0.5)


@pytest.fixture(scope="module")
def plain_weights(plain):
    """Of two steps without any option."""
    return weights(train(plain)[0].generator)


def test_without_a_change_training_is_the_same_to_the_bit(plain, plain_weights):
    assert same(plain_weights, weights(train(plain)[0].generator))


@pytest.mark.parametrize(
    "change",
    [
        {"adversarial_loss": "hinge"},
        {"discriminator": "patch"},
        {"discriminator": "projected"},
        {"perceptual_weight": 1.0},
        {"l1_weight": 1.0},
        {"texture_weight": 1.0},
        {"discriminator_width": 0.125},
        {"weight_decay": 5.0},
        {"clip_norm": 1e-4},
        {"schedule": "cosine", "warmup_steps": 3},
        {"beta1": 0.9},
        {"optimizer": "muon"},
        {"vary_masks": False},
        {"look_twice": True},
        {"precision": "bfloat16"},
        {"precision": "float16"},
    ],
    ids=lambda change: next(iter(change.values())),
)
def test_each_option_changes_training(plain, plain_weights, change):
    """What differs comes from the option: without one, nothing does."""
    state, values = train(dataclasses.replace(plain, **change))
    assert np.isfinite([list(row.values()) for row in values]).all()
    assert not same(plain_weights, weights(state.generator))
    assert {weight.dtype for weight in state.generator.weights} == {"float32"}


def test_holes_vary_from_step_to_step_and_by_seed(config):
    states = [make_tiny_state(dataclasses.replace(config, seed=n)) for n in (0, 1)]

    def draw(number: int, seed: int, rows: list[int], use: int = HOLES) -> np.ndarray:
        state = states[seed]
        state.step.assign(number)
        shape = [config.batch_size, masking.DRAWS]
        return draw_for_rows(state, use, shape, tf.constant(rows)).numpy()

    whole = draw(0, 0, [0, 1, 2, 3])
    assert whole.shape == (config.batch_size, masking.DRAWS)
    assert (whole == draw(0, 0, [0, 1, 2, 3])).all()
    assert (whole != draw(1, 0, [0, 1, 2, 3])).all()
    assert (whole != draw(0, 1, [0, 1, 2, 3])).all()
    assert (whole != draw(0, 0, [0, 1, 2, 3], CLOSE_UP)).all()
    # A picture's numbers go with its row, wherever it is computed.
    assert (whole[[3, 1]] == draw(0, 0, [3, 1])).all()


@dataclasses.dataclass
class Trainer:
    """A state on its strategy, and the function that trains it."""

    strategy: tf.distribute.Strategy
    state: TrainState
    run: Callable
    iterator: Iterator


# One for all: two strategies number their collectives alike, so that in one process
# the runtime takes those of one for those of the other.
@functools.cache
def make_strategy(replicas: int) -> tf.distribute.Strategy:
    return tf.distribute.MirroredStrategy(CPUS[:replicas])


@pytest.fixture(scope="module")
def two_replicas(config) -> Trainer:
    """Computes in float64."""
    strategy = make_strategy(2)
    with strategy.scope():
        state = make_float64_state(config)
    run = tf.function(functools.partial(train_steps, strategy, state, config, None))
    batch = make_batch(config.batch_size)
    return Trainer(strategy, state, run, distribute(strategy, batch))


def distribute(strategy: tf.distribute.Strategy, batch: dict) -> Iterator:
    """That batch a hundred times, shared by the replicas.

    More than all tests take; but a long one of two replicas, not read to its end, takes
    up to minutes to be taken down.
    """
    dataset = tf.data.Dataset.from_tensors(batch).repeat(100)
    return iter(strategy.experimental_distribute_dataset(dataset))


def make_float64_state(config) -> TrainState:
    state = make_tiny_state(config)
    for model in (state.generator, state.discriminator):
        compute_in_float64(model)
    return state


@pytest.mark.numeric
def test_two_replicas_do_what_one_does(config, two_replicas):
    """Same global batch, same holes: same losses, statistics and gradients.

    Adam divides a gradient by its own size, and so makes a difference of rounding in
    a gradient near 0 as large as the learning rate. So not weights are compared, but
    Adam's moments after one step: a part of the gradient itself, and of its square.
    Networks compute in float64; what is left is that float32 holds each replica's
    gradient, to 6e-8 of its size, before they are added, and sums the losses.
    """
    alone = make_float64_state(config)
    start = weights(two_replicas.state.generator)
    for a, b in zip(weights(alone.generator), start, strict=True):
        np.testing.assert_array_equal(a, b)
    batch = in_two_levels(make_batch(config.batch_size))
    batches = distribute(two_replicas.strategy, batch)
    values, broken = two_replicas.run(batches, tf.constant(1))
    expected = step(alone, config, batch)
    assert broken == 0
    for name in reported(config):
        assert float(values[name]) == pytest.approx(expected[name], rel=1e-5), name
    assert two_replicas.state.step.numpy() == 1
    for name in ("generator", "discriminator"):
        found = [
            [
                *getattr(state, name).non_trainable_weights,
                *getattr(state, f"{name}_optimizer").variables,
            ]
            for state in (alone, two_replicas.state)
        ]
        for a, b in zip(*found, strict=True):
            a, b = a.numpy(), b.numpy()
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5 * np.abs(a).max())


def test_the_hole_is_learned(two_replicas):
    def train(steps: int) -> float:
        values, _ = two_replicas.run(two_replicas.iterator, tf.constant(steps))
        return float(values["reconstruction_loss"])

    first = train(1)
    train(60)
    assert train(5) < 0.6 * first


def test_two_replicas_keep_the_same_variables(two_replicas):
    """After many steps each replica's copy is the other's, statistics included.

    Both add the same sums to their copies, so that they can part by the last bit of an
    addition alone, which is 6e-8 of a weight or a rate.
    """
    two_replicas.run(two_replicas.iterator, tf.constant(5))
    state = two_replicas.state
    for model in (state.generator, state.discriminator, state.averaged_generator):
        for variable in model.variables:
            copies = two_replicas.strategy.experimental_local_results(variable.value)
            assert len(copies) == 2
            np.testing.assert_allclose(*copies, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("clip_norm", [1, 7.0])
def test_gradients_are_clipped_by_their_sum_over_replicas(config, clip_norm):
    strategy = make_strategy(2)
    with strategy.scope():
        model = keras.Sequential([keras.Input([4]), keras.layers.Dense(1)])
        optimizer = make_optimizer(config, 0.1, model)
    kernels = np.float32([[[3], [4], [0], [0]], [[1], [0], [-2], [2]]])
    whole = kernels.sum(0)  # of length 6.3; clipped apart the two would add up to 1.7

    def apply() -> None:
        index = tf.distribute.get_replica_context().replica_id_in_sync_group
        gradients = [tf.gather(kernels, index), tf.zeros([1])]
        apply_gradients(optimizer, gradients, model, clip_norm)

    tf.function(lambda: strategy.run(apply))()
    moment = optimizer._momentums[0].numpy()  # a part (1 - beta1) of the gradient
    expected = whole * min(1, clip_norm / np.linalg.norm(whole))
    np.testing.assert_allclose(moment / (1 - config.beta1), expected, rtol=1e-5)


def test_muon_moves_a_kernel_by_the_sum_over_replicas(config):
    strategy = make_strategy(2)
    parts = np.random.default_rng(0).normal(size=(2, 3, 3, 16, 16)).astype(np.float32)
    with strategy.scope():
        model = keras.Sequential(
            [keras.Input([8, 8, 16]), keras.layers.Conv2D(16, 3, use_bias=False)]
        )
        optimizer = make_optimizer(config, 0.1, model, name="muon")
    (kernel,) = model.trainable_variables
    before = kernel.numpy()

    def apply() -> None:
        index = tf.distribute.get_replica_context().replica_id_in_sync_group
        apply_gradients(optimizer, [tf.gather(parts, index)], model, 0.0)

    tf.function(lambda: strategy.run(apply))()
    whole = tf.constant(parts.sum(0).reshape(144, 16))
    expected = -0.1 * 0.2 * 12 * orthogonalize(whole).numpy()
    for copy in strategy.experimental_local_results(kernel.value):
        moved = (copy.numpy() - before).reshape(144, 16)
        np.testing.assert_allclose(moved, expected, atol=1e-4)


def test_averages_follow_the_weights(config, two_replicas):
    state = two_replicas.state
    pairs = (
        (state.averaged_generator, state.generator),
        (state.averaged_discriminator, state.discriminator),
    )
    for start in (0, 50):  # the first steps are forgotten sooner
        state.step.assign(start)
        before = [weights(average) for average, _ in pairs]
        two_replicas.run(two_replicas.iterator, tf.constant(1))
        decay = min(config.ema, (2 + start) / (11 + start))
        for old, (average, trained) in zip(before, pairs, strict=True):
            for a, w, found in zip(
                old, weights(trained), weights(average), strict=True
            ):
                # One sum of three numbers each: off by its last bits at most.
                expected = decay * a + (1 - decay) * w
                np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


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


def test_masking_uses_the_ops_that_are_listed(two_replicas):
    assert {node.op for node in prepared_nodes(two_replicas)} <= MASKING_OPS


@pytest.mark.skipif(
    not tf.test.is_built_with_cuda(), reason="this TensorFlow has no GPU kernels"
)
def test_every_op_of_masking_has_a_gpu_kernel(two_replicas):
    nodes = prepared_nodes(two_replicas)
    assert nodes
    assert not {node.op for node in nodes if not has_gpu_kernel(node)}


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


def test_the_first_step_that_is_not_finite_is_told(two_replicas):
    """The last test of this trainer, whose weights it ruins."""
    state = two_replicas.state
    _, broken = two_replicas.run(two_replicas.iterator, tf.constant(2))
    assert broken == 0
    state.generator.bottleneck.kernel.assign(
        np.full(state.generator.bottleneck.kernel.shape, np.nan)
    )
    step = int(state.step.numpy())
    _, broken = two_replicas.run(two_replicas.iterator, tf.constant(3))
    assert broken == step + 1


# A seed, which makes these networks, has TensorFlow optimize every function anew: so
# they stand apart from the trainer's tests.
@pytest.mark.numeric
def test_a_short_batch_weighs_each_picture_alike(config):
    """Three pictures where four fit, two on one replica and one on the other.

    Losses are sums without a jump: rounding, 1e-7 a layer, does not grow in them.
    """
    plain = dataclasses.replace(config, vary_masks=False)
    batch = {key: value[:3] for key, value in make_batch(4).items()}
    alone = make_tiny_state(plain)
    three = dataclasses.replace(plain, batch_size=3)
    expected = replica_step(alone, three, None, batch).numpy()
    strategy = make_strategy(2)
    with strategy.scope():
        state = make_tiny_state(plain)
    short = tf.data.Dataset.from_tensor_slices(batch).batch(4)
    run = tf.function(functools.partial(train_steps, strategy, state, plain, None))
    values, _ = run(
        iter(strategy.experimental_distribute_dataset(short)), tf.constant(1)
    )
    found = [float(value) for value in values.values()]
    np.testing.assert_allclose(found, expected, rtol=1e-3)


@pytest.mark.numeric
def test_the_step_compiles_with_xla(config):
    """On one device; the losses are those of the step that is not compiled.

    They are sums without a jump: rounding, 1e-7 a layer, does not grow in them.
    """
    # The holes of XLA's random numbers would be other ones.
    plain = dataclasses.replace(config, vary_masks=False, ema=0.0)
    compiled = dataclasses.replace(plain, xla=True)
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    with strategy.scope():
        state = make_tiny_state(compiled)
    batches = distribute(strategy, make_batch(config.batch_size))
    run = tf.function(functools.partial(train_steps, strategy, state, compiled, None))
    values, _ = run(batches, tf.constant(1))
    for name, expected in step(make_tiny_state(plain), plain).items():
        assert float(values[name]) == pytest.approx(expected, rel=1e-3), name
