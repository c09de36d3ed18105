import cv2
import numpy as np
import pytest
import tensorflow as tf

from ce_tf.perceptual.distance import PerceptualDistance, stage_distance
from tests.fakes import make_photo


@pytest.fixture(scope="module")
def distance() -> PerceptualDistance:
    return PerceptualDistance()


def detailed_photo(height: int = 90, width: int = 121) -> np.ndarray:
    rng = np.random.default_rng(1)
    image = make_photo(1, height, width) + rng.normal(0, 20, (height, width, 3))
    return np.clip(image, 0, 255).astype(np.uint8)


def hole(image: np.ndarray) -> np.ndarray:
    mask = np.zeros(image.shape[:2], np.uint8)
    mask[20:60, 30:90] = 255
    return mask


def fill(image: np.ndarray, other: np.ndarray) -> np.ndarray:
    other = np.clip(other, 0, 255).astype(np.uint8)
    return np.where(hole(image)[..., np.newaxis] > 0, other, image)


def test_it_is_lpips_without_learned_weights():
    """Against numpy: of a stage at half the side, and one at a third."""
    rng = np.random.default_rng(0)
    seen = [rng.normal(size=shape) for shape in ((2, 6, 9, 4), (2, 4, 6, 7))]
    mask = (rng.uniform(size=(12, 18)) < 0.4).astype(np.float32)
    expected = []
    for stage, step in zip(seen, (2, 3), strict=True):
        unit = stage / np.linalg.norm(stage, axis=-1, keepdims=True)
        square = np.square(unit[0] - unit[1]).sum(-1)
        rows = mask.reshape(12 // step, step, 18 // step, step)
        expected.append(np.average(square, weights=rows.mean((1, 3))))
    tensors = [tf.constant(stage, tf.float32) for stage in seen]
    found = stage_distance(tensors, tf.constant(mask)).numpy()
    assert found == pytest.approx(np.mean(expected), rel=1e-5)


def test_it_grows_with_blur_and_with_noise(distance):
    image = detailed_photo()
    noise = np.random.default_rng(2).normal(0, 15, image.shape)
    blurred = [
        fill(image, cv2.GaussianBlur(image, (0, 0), sigma)) for sigma in (0.6, 3)
    ]
    noisy = [fill(image, image + strength * noise) for strength in (1, 4)]

    def of(completed: np.ndarray) -> float:
        return distance(image, completed, hole(image))

    assert of(image) == pytest.approx(0, abs=1e-6)
    assert 0.01 < of(blurred[0]) < of(blurred[1]) < of(fill(image, 0 * image)) < 4
    assert 0.01 < of(noisy[0]) < of(noisy[1])


def test_it_is_measured_in_the_hole(distance):
    """Twice the hole with the same fill in half of it: half the distance, about."""
    image = detailed_photo(128, 128)
    mask = np.zeros((128, 128), np.uint8)
    mask[32:96, 16:64] = 1
    completed = np.where(mask[..., np.newaxis] == 1, 128, image).astype(np.uint8)
    whole = distance(image, completed, mask)
    wider = distance(image, completed, mask | mask[:, ::-1])
    assert wider == pytest.approx(whole / 2, rel=0.25)


def test_any_size_and_any_value_of_the_mask_will_do(distance):
    for height, width in ((64, 64), (130, 75), (200, 301)):
        image = detailed_photo(height, width)
        mask = np.zeros((height, width), np.uint8)
        mask[10:50, 10:40] = 1
        completed = np.where(mask[..., np.newaxis] == 1, 0, image).astype(np.uint8)
        found = distance(image, completed, mask)
        assert 0 < found < 4
        assert distance(image, completed, 255 * mask) == found
