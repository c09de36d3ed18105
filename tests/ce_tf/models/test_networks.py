import keras
import numpy as np
import pytest
import tensorflow as tf

from ce_tf.models import (
    GENERATORS,
    ContextEncoder,
    Discriminator,
    PatchDiscriminator,
)
from ce_tf.models.bottleneck import BottleneckConv2D, BottleneckConv2DTranspose
from ce_tf.models.spectral import SpectralConv2D
from tests.conftest import TINY

# 4x4 convolutions, weights of each: 16 * inputs * outputs. Normalisation has a scale
# and an offset for each filter to train, and a mean and a variance beside them.
ENCODER = 16 * (3 * 64 + 64 * 64 + 64 * 128 + 128 * 256 + 256 * 512)
ENCODER_BIAS = 64  # the first convolution's: it has no normalisation
ENCODER_NORMALIZED = 64 + 128 + 256 + 512
BOTTLENECK = 16 * 512 * 4000
DECODER = 16 * (4000 * 512 + 512 * 256 + 256 * 128 + 128 * 64 + 64 * 64 + 64 * 3)
DECODER_NORMALIZED = 512 + 256 + 128 + 64 + 64
DECODER_BIAS = 3  # the output's

GENERATOR_NORMALIZED = ENCODER_NORMALIZED + 4000 + DECODER_NORMALIZED
GENERATOR_TRAINABLE = (
    ENCODER + ENCODER_BIAS + BOTTLENECK + DECODER + DECODER_BIAS
) + 2 * GENERATOR_NORMALIZED
DISCRIMINATOR_TRAINABLE = (
    ENCODER + ENCODER_BIAS + 16 * 512 * 1 + 1 + 2 * ENCODER_NORMALIZED
)


def count(variables) -> int:
    return sum(int(np.prod(variable.shape)) for variable in variables)


def picture(batch: int = 2) -> dict[str, tf.Tensor]:
    image = tf.random.stateless_uniform([batch, 128, 128, 3], [1, 2], -1, 1)
    return {"image": image, "mask": tf.zeros([batch, 128, 128, 1])}


@pytest.fixture(scope="module")
def tiny() -> ContextEncoder:
    keras.utils.set_random_seed(1)
    model = ContextEncoder(TINY)
    model(picture())
    return model


def test_generator_has_the_papers_parameters():
    model = ContextEncoder()
    model(picture(1))
    assert GENERATOR_TRAINABLE == 71_190_275
    assert count(model.trainable_variables) == GENERATOR_TRAINABLE
    assert count(model.non_trainable_variables) == 2 * GENERATOR_NORMALIZED


def test_discriminator_has_the_papers_parameters():
    model = Discriminator()
    model(picture(1))
    assert DISCRIMINATOR_TRAINABLE == 2_831_297
    assert count(model.trainable_variables) == DISCRIMINATOR_TRAINABLE
    assert count(model.non_trainable_variables) == 2 * ENCODER_NORMALIZED


def test_every_generator_gives_pictures_of_its_size():
    for make in GENERATORS.values():
        model = make(width=TINY)
        image = tf.ones([1, model.size, model.size, 3])
        fake = model({"image": 9 * image, "mask": 0 * image[..., :1]})
        assert fake.shape == image.shape
        assert np.abs(fake).max() <= 1


def test_generator_reads_every_part_of_the_picture(tiny):
    inputs = picture(1)
    with tf.GradientTape() as tape:
        tape.watch(inputs["image"])
        middle = tf.reduce_sum(tiny(inputs)[:, 64, 64])
    gradient = np.abs(tape.gradient(middle, inputs["image"]).numpy()).sum((0, 3))
    corners = gradient[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners > 0).all()


def test_discriminator_gives_logit_and_probability():
    model = Discriminator(TINY)
    inputs = picture()
    logit, probability = model(inputs).numpy(), model.probability(inputs).numpy()
    np.testing.assert_allclose(probability, 1 / (1 + np.exp(-logit)), rtol=1e-5)


def test_normalisation_stands_where_the_paper_has_it(tiny):
    norms = [
        layer
        for layer in tiny._flatten_layers()
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    assert len(norms) == 4 + 1 + 5
    assert all(norm.synchronized for norm in norms)
    assert tiny.encoder.convolutions[0].use_bias
    assert tiny.output_deconvolution.use_bias
    biased = [
        layer.name
        for layer in tiny._flatten_layers()
        if getattr(layer, "use_bias", False)
    ]
    assert len(biased) == 2


def test_dcgan_initialisation_has_its_spread():
    model = ContextEncoder(0.25, "dcgan")
    model(picture(1))
    for layer in (model.encoder.convolutions[2], model.bottleneck):
        assert abs(layer.kernel.numpy().std() - 0.02) < 0.001


def test_patch_discriminator_judges_parts_of_70_pixels():
    model = PatchDiscriminator(TINY)
    inputs = picture(1)
    with tf.GradientTape() as tape:
        tape.watch(inputs["image"])
        logit = model(inputs)
        middle = tf.reduce_sum(logit[:, 8, 8])
    gradient = np.abs(tape.gradient(middle, inputs["image"]).numpy()).sum((0, 3))
    for axis in (0, 1):
        seen = np.flatnonzero(gradient.sum(axis))
        assert seen[-1] - seen[0] + 1 == 70


def test_patch_discriminator_sees_the_hole():
    model = PatchDiscriminator(TINY)
    inputs = picture(1)
    other = inputs | {"mask": tf.ones_like(inputs["mask"])}
    assert np.abs(model(inputs) - model(other)).max() > 0


def converged(layer: SpectralConv2D) -> tuple[SpectralConv2D, tf.Tensor]:
    """The layer after some power iterations, and an input of it."""
    inputs = tf.random.stateless_normal([2, 12, 12, 5], [1, 2])
    layer(inputs)
    # One singular value well above the others, which the iteration finds soon.
    layer.kernel.assign(layer.kernel * np.array([8, *[1] * 7], np.float32))
    for _ in range(20):
        layer(inputs, training=True)
    return layer, inputs


def test_spectral_normalisation_divides_by_the_largest_singular_value():
    layer, inputs = converged(SpectralConv2D(8, 4, padding="same", use_bias=False))
    matrix = layer.kernel.numpy().reshape(-1, 8)
    largest = np.linalg.svd(matrix, compute_uv=False)[0]
    plain = tf.nn.conv2d(inputs, layer.kernel.value, 1, "SAME") / largest
    np.testing.assert_allclose(layer(inputs), plain, rtol=1e-3, atol=1e-5)


def test_spectral_normalisation_leaves_no_gradient_to_a_longer_kernel():
    """Equation 11: the output does not depend on the kernel's length."""
    layer, inputs = converged(SpectralConv2D(8, 3, use_bias=False))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(layer(inputs)))
    gradient = tape.gradient(loss, layer.kernel.value).numpy()
    along = float(np.sum(gradient * layer.kernel.numpy()))
    length = float(np.linalg.norm(gradient) * np.linalg.norm(layer.kernel.numpy()))
    assert abs(along) < 1e-3 * length


@pytest.mark.numeric
def test_bottleneck_is_the_convolution_it_replaces():
    inputs = tf.random.stateless_uniform([3, 4, 4, 16], [3, 4], -1, 1)
    product = BottleneckConv2D(10, 4)
    convolution = keras.layers.Conv2D(10, 4, padding="valid")
    _compare(product, convolution, inputs)


@pytest.mark.numeric
@pytest.mark.parametrize("training", [False, True])
def test_bottleneck_transpose_is_the_convolution_it_replaces(training):
    inputs = tf.random.stateless_uniform([3, 1, 1, 10], [3, 4], -1, 1)
    product = BottleneckConv2DTranspose(16, 4)
    convolution = keras.layers.Conv2DTranspose(16, 4, padding="valid")
    _compare(product, convolution, inputs, training=training)


def _compare(product, convolution, inputs, **options):
    """Same weights in, same output and same gradients out."""
    product.build(inputs.shape)
    convolution.build(inputs.shape)
    product.bias.assign(np.linspace(-1, 1, product.filters))
    convolution.set_weights(product.get_weights())
    assert [w.path.split("/")[-1] for w in product.weights] == ["kernel", "bias"]
    results = []
    for layer, more in ((product, options), (convolution, {})):
        with tf.GradientTape() as tape:
            outputs = layer(inputs, **more)
            loss = tf.reduce_sum(tf.square(outputs))
        results.append(
            [outputs, *tape.gradient(loss, [w.value for w in layer.weights])]
        )
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_the_bottleneck_s_gradients_are_not_turned():
    """No kernel is transposed in a step, which would cost as much as its products."""
    model = ContextEncoder(1 / 8)
    model(picture(1))

    @tf.function
    def gradients(inputs: dict) -> list:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(model(inputs, training=True))
        return tape.gradient(loss, [w.value for w in model.trainable_weights])

    graph = gradients.get_concrete_function(picture(2)).graph
    turned = [
        node.outputs[0].shape.num_elements()
        for node in graph.get_operations()
        if node.type == "Transpose"
    ]
    kernel = next(w for w in model.weights if "deconv1" in w.path)
    assert turned
    assert max(turned) < np.prod(kernel.shape) / 10


def test_bottleneck_refuses_another_size():
    with pytest.raises(ValueError, match="takes a map of 4x4, not 8x8"):
        BottleneckConv2D(10, 4)(tf.zeros([1, 8, 8, 3]))
    with pytest.raises(ValueError, match="takes a map of 1x1, not 2x2"):
        BottleneckConv2DTranspose(10, 4)(tf.zeros([1, 2, 2, 3]))
