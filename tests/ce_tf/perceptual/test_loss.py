import cv2
import numpy as np
import pytest
import tensorflow as tf

from ce_tf.completion import masking
from ce_tf.perceptual.loss import load_loss_features, perceptual_loss
from tests.fakes import make_photo


@pytest.fixture(scope="module")
def see():
    return load_loss_features()


def detailed_photo() -> np.ndarray:
    """Float [1, 64, 64, 3] in [-1, 1], with fine detail."""
    rng = np.random.default_rng(1)
    image = make_photo(1, 64, 64) / 127.5 - 1 + rng.normal(0, 0.15, (64, 64, 3))
    return np.clip(image, -1, 1).astype(np.float32)[np.newaxis]


def test_it_is_the_relative_difference_of_each_level():
    rng = np.random.default_rng(0)
    real = [rng.normal(size=shape) for shape in ((2, 8, 8, 3), (2, 4, 4, 5))]
    found = [rng.normal(size=level.shape) for level in real]
    expected = [
        np.mean(
            [
                np.abs(f[i] - r[i]).mean() / np.abs(r[i]).mean()
                for r, f in zip(real, found, strict=True)
            ]
        )
        for i in range(2)
    ]
    tensors = [[tf.constant(level, tf.float32) for level in x] for x in (real, found)]
    np.testing.assert_allclose(perceptual_loss(*tensors), expected, rtol=1e-5)


def test_it_grows_with_blur_and_with_noise(see):
    image = detailed_photo()
    real = see(image)

    def loss(completed: np.ndarray) -> float:
        return float(perceptual_loss(real, see(completed.astype(np.float32)))[0])

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
        loss = perceptual_loss(see(image), see(completed))
    to_fake, to_image = tape.gradient(loss, [fake, image])
    assert to_image is None  # the photo is what it is
    touched = np.abs(to_fake).max(-1, keepdims=True) > 0
    assert not touched[mask == 0].any()
    assert touched[mask == 1].mean() > 0.99
