"""The generators that take any multiple of 32: what they promise alike."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from ce_tf.models import Compact, Painter
from ce_tf.models.pull_push import PullPush
from tests.conftest import TINY


def square_hole(size: int, low: int, high: int) -> np.ndarray:
    mask = np.zeros((1, size, size, 1), np.float32)
    mask[:, low:high, low:high] = 1
    return mask


def ramp(size: int) -> np.ndarray:
    """Float [1, size, size, 3]: brighter to the right, from -0.5 to 0.5."""
    row = np.linspace(-0.5, 0.5, size, dtype=np.float32)
    return np.broadcast_to(row[:, np.newaxis], (1, size, size, 3))


BOTH = pytest.mark.parametrize("network", [Compact, Painter])


@pytest.fixture(scope="module", params=[Compact, Painter])
def tiny(request) -> Compact:
    """With random weights everywhere: at its first values it gives the smooth fill."""
    keras.utils.set_random_seed(1)
    model = request.param(TINY)
    blank = tf.zeros([1, 64, 64, 3])
    model({"image": blank, "mask": blank[..., :1]})
    rng = np.random.default_rng(0)
    for variable in model.trainable_variables:
        variable.assign(variable + rng.normal(0, 0.05, variable.shape))
    return model


def test_the_smooth_fill_keeps_what_is_known():
    image = np.random.default_rng(0).uniform(-1, 1, (2, 40, 72, 3)).astype(np.float32)
    mask = (image[..., :1] > 0.3).astype(np.float32)
    filled = PullPush()(image, mask).numpy()
    np.testing.assert_allclose(filled * (1 - mask), image * (1 - mask))


def test_the_smooth_fill_does_not_see_the_hole():
    image, mask = ramp(64), square_hole(64, 20, 50)
    other = image * (1 - mask) + 0.9 * mask
    np.testing.assert_array_equal(PullPush()(image, mask), PullPush()(other, mask))


def test_the_smooth_fill_continues_a_ramp():
    image, mask = ramp(64), square_hole(64, 24, 40)
    filled = PullPush()(image, mask).numpy()
    # A mean of the visible pixels would be wrong by up to 0.13.
    assert np.abs(filled - image).max() < 0.08


def test_the_smooth_fill_of_one_colour_is_that_colour():
    image = np.full((1, 48, 80, 3), 0.25, np.float32)
    mask = np.ones((1, 48, 80, 1), np.float32)
    assert (PullPush()(image, mask).numpy() == 0).all()
    mask[0, 47, 0] = 0
    np.testing.assert_allclose(PullPush()(image, mask).numpy(), 0.25, rtol=1e-5)


@BOTH
def test_it_starts_as_the_smooth_fill(network):
    model = network(TINY)
    image, mask = ramp(64), square_hole(64, 24, 40)
    fake = model({"image": image, "mask": mask}).numpy()
    np.testing.assert_allclose(fake, PullPush()(image, mask), atol=1e-6)


@pytest.mark.parametrize("shape", [(32, 32), (128, 128), (96, 160), (256, 256)])
def test_any_multiple_of_32_is_a_size(tiny, shape):
    image = np.random.default_rng(0).uniform(-1, 1, (2, *shape, 3)).astype(np.float32)
    mask = np.zeros((2, *shape, 1), np.float32)
    mask[:, 8:20, 4:30] = 1
    fake = tiny({"image": image, "mask": mask}).numpy()
    assert fake.shape == image.shape
    assert np.abs(fake).max() <= 1


@pytest.mark.parametrize("size", [128, 512])
def test_the_hole_sees_the_whole_picture(tiny, size):
    """The gradient of the hole's middle reaches all four corners."""
    image = tf.constant(ramp(size))
    mask = tf.constant(square_hole(size, size // 4, size * 3 // 4))
    with tf.GradientTape() as tape:
        tape.watch(image)
        fake = tiny({"image": image, "mask": mask})
        middle = tf.reduce_sum(fake[:, size // 2, size // 2])
    gradient = tf.abs(tape.gradient(middle, image))[0].numpy().sum(-1)
    corner = size // 16
    for rows in (slice(corner), slice(-corner, None)):
        for columns in (slice(corner), slice(-corner, None)):
            assert gradient[rows, columns].max() > 0


@BOTH
def test_it_is_small(network):
    model = network()
    blank = tf.zeros([1, 128, 128, 3])
    model({"image": blank, "mask": blank[..., :1]})
    assert model.count_params() <= 6_000_000


# What the GPU delegates of phones run (TensorFlow Lite's list of their ops).
GPU_OPS = {
    "ADD",
    "AVERAGE_POOL_2D",
    "BATCH_MATMUL",
    "CONCATENATION",
    "CONV_2D",
    "DEPTH_TO_SPACE",
    "DIV",
    "FULLY_CONNECTED",
    "MAXIMUM",
    "MINIMUM",
    "MUL",
    "RELU",
    "RESHAPE",
    "RESIZE_BILINEAR",
    "SOFTMAX",
    "SUB",
    "TRANSPOSE",
}


def test_phones_can_run_it_on_their_gpu(tiny):
    network = tf.function(
        lambda image, mask: tiny({"image": image, "mask": mask}),
        input_signature=[
            tf.TensorSpec([1, 128, 128, channels], tf.float32) for channels in (3, 1)
        ],
    )
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [network.get_concrete_function()], tiny
    )
    interpreter = Interpreter(
        model_content=converter.convert(),
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    ops = {op["op_name"] for op in interpreter._get_ops_details()}
    assert "CONV_2D" in ops
    assert ops <= GPU_OPS


@BOTH
def test_pictures_keep_their_precision_beside_features_of_16_bits(network):
    """Outside the smooth fill nothing of a picture is rounded to 8 bits of mantissa."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = network(TINY)
        image, mask = ramp(64), square_hole(64, 24, 40)
        fake = model({"image": image, "mask": mask})
    finally:
        keras.config.set_dtype_policy(before)
    assert model.halvings[0].compute_dtype == "bfloat16"
    assert fake.dtype == tf.float32
    # Heads start at 0: what is left is the smooth fill, and the ramp itself.
    np.testing.assert_array_equal(fake, PullPush()(image, mask))


def test_the_painter_goes_on_from_the_weights_of_compact():
    """What it adds starts as nothing, but for blocks and strokes of its own."""
    keras.utils.set_random_seed(0)
    image, mask = ramp(64), square_hole(64, 24, 40)
    shown = {"image": image, "mask": mask}
    painter = Painter(TINY)
    before = painter(shown)
    for layer in (painter.attention, *painter.fourier_blocks):
        for variable in layer.trainable_variables:
            if "gamma" not in variable.path:
                variable.assign(variable * 3.0 + 0.1)
    np.testing.assert_array_equal(before, painter(shown))
