import cv2
import numpy as np
import pytest
import tensorflow as tf

from ce_tf.completion import masking
from ce_tf.perceptual.loss import load_loss_features, perceptual_loss, style_loss
from tests.fakes import make_photo


@pytest.fixture(scope="module")
def see():
    return load_loss_features()


def detailed_photo() -> np.ndarray:
    """Float [1, 64, 64, 3] in [-1, 1], with fine detail."""
    rng = np.random.default_rng(1)
    image = make_photo(1, 64, 64) / 127.5 - 1 + rng.normal(0, 0.15, (64, 64, 3))
    return np.clip(image, -1, 1).astype(np.float32)[np.newaxis]


def test_it_is_the_distance_of_unit_vectors_in_the_hole():
    rng = np.random.default_rng(0)
    shapes = (2, 8, 8, 3), (2, 4, 4, 5)
    real, found = ([rng.normal(size=shape) for shape in shapes] for _ in range(2))
    mask = np.zeros((2, 16, 16, 1), np.float32)
    mask[0, 4:12, 8:16] = mask[1, :8, :4] = 1

    def distance(level: int, picture: int) -> float:
        side = 16 // shapes[level][1]
        inside = mask[picture, ::side, ::side, 0] > 0
        vectors = (features[level][picture][inside] for features in (real, found))
        one, other = (v / np.linalg.norm(v, axis=-1, keepdims=True) for v in vectors)
        return np.square(one - other).sum(-1).mean()

    expected = [np.mean([distance(level, i) for level in range(2)]) for i in range(2)]
    tensors = [[tf.constant(level, tf.float32) for level in x] for x in (real, found)]
    np.testing.assert_allclose(perceptual_loss(*tensors, mask), expected, rtol=1e-3)


def test_it_grows_with_blur_and_with_noise(see):
    image = detailed_photo()
    real, everything = see(image), np.ones((1, 64, 64, 1), np.float32)

    def loss(completed: np.ndarray) -> float:
        seen = see(completed.astype(np.float32))
        return float(perceptual_loss(real, seen, everything)[0])

    def blurred(sigma: float) -> np.ndarray:
        return cv2.GaussianBlur(image[0], (0, 0), sigma)[np.newaxis]

    noise = np.random.default_rng(2).normal(0, 0.1, image.shape)
    assert loss(image) == 0
    assert 0 < loss(blurred(0.7)) < loss(blurred(2)) < loss(0 * image)
    assert 0 < loss(image + noise) < loss(image + 4 * noise)


def test_the_gradient_comes_from_the_hole_alone(see):
    image = tf.constant(detailed_photo())
    mask = np.zeros((1, 64, 64, 1), np.float32)
    mask[:, 20:40, 24:50] = 1
    fake = tf.Variable(tf.zeros_like(image))
    with tf.GradientTape() as tape:
        tape.watch(image)
        completed = masking.complete(tf.stop_gradient(image), mask, fake)
        loss = perceptual_loss(see(image), see(completed), mask)
    to_fake, to_image = tape.gradient(loss, [fake, image])
    assert to_image is None  # the photo is what it is
    touched = np.abs(to_fake).max(-1, keepdims=True) > 0
    assert not touched[mask == 0].any()
    assert touched[mask == 1].mean() > 0.99


def test_style_is_the_relative_difference_of_products_in_the_hole():
    rng = np.random.default_rng(0)
    real, found = rng.normal(size=(2, 2, 4, 4, 3)).astype(np.float32)
    mask = np.zeros((2, 8, 8, 1), np.float32)
    mask[0, 2:6, 4:8] = mask[1, :4, :2] = 1

    def products(features: np.ndarray, picture: int) -> np.ndarray:
        inside = features[picture][mask[picture, ::2, ::2, 0] > 0]  # (places, 3)
        return inside.T @ inside / len(inside)

    expected = [
        np.abs(products(found, i) - products(real, i)).mean()
        / np.abs(products(real, i)).mean()
        for i in range(2)
    ]
    # Of the last level products do not count.
    levels = [[tf.constant(x), tf.zeros([2, 4, 4, 1])] for x in (real, found)]
    loss = style_loss(*levels, tf.constant(mask))
    np.testing.assert_allclose(loss, expected, rtol=1e-4)


def test_style_sees_blur_and_not_where_grain_lies(see):
    rng = np.random.default_rng(5)
    grey = np.zeros((1, 64, 64, 3), np.float32)
    grain, other = (
        grey + rng.normal(0, 0.3, (1, 64, 64, 1)).astype(np.float32) for _ in range(2)
    )
    blurred = cv2.GaussianBlur(grain[0], (0, 0), 1.5)[np.newaxis]
    mask = np.zeros((1, 64, 64, 1), np.float32)
    mask[:, 8:56, 8:56] = 1

    def losses(completed: np.ndarray) -> tuple[float, float]:
        seen = see(grain), see(completed)
        return tuple(float(f(*seen, mask)[0]) for f in (style_loss, perceptual_loss))

    (style, place), (soft_style, soft_place) = losses(other), losses(blurred)
    assert style < 0.5 * soft_style
    # Place by place other grain is no nearer than blur.
    assert place > 0.8 * soft_place


@pytest.mark.parametrize("loss", [perceptual_loss, style_loss])
def test_without_a_hole_there_is_no_loss(see, loss):
    image = detailed_photo()
    mask = np.zeros((1, 64, 64, 1), np.float32)
    np.testing.assert_array_equal(loss(see(image), see(0 * image), mask), [0.0])
