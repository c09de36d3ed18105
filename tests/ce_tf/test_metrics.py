import cv2
import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from ce_tf import metrics
from tests.fakes import make_photo


@pytest.fixture(scope="module")
def trio() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A picture, one with noise in its hole, and the hole."""
    image = make_photo(1, 40, 60)
    mask = np.zeros((40, 60), np.uint8)
    mask[8:30, 20:50] = 255
    noise = np.random.default_rng(0).integers(-40, 40, image.shape)
    noisy = np.clip(image.astype(int) + noise, 0, 255).astype(np.uint8)
    return image, np.where(mask[..., np.newaxis] > 0, noisy, image), mask


def test_hole_errors_match_their_definitions(trio):
    image, completed, mask = trio
    error = (image.astype(np.float64) - completed)[mask > 0] / 255
    assert metrics.hole_l1(*trio) == pytest.approx(np.abs(error).mean())
    assert metrics.hole_l2(*trio) == pytest.approx((error**2).mean())
    expected = 10 * np.log10(1 / (error**2).mean())
    assert metrics.hole_psnr(*trio) == pytest.approx(expected)


def test_equal_pictures_have_no_error(trio):
    image, _, mask = trio
    assert metrics.hole_l1(image, image, mask) == 0
    assert metrics.hole_psnr(image, image, mask) == metrics.MOST_PSNR
    assert metrics.psnr(image, image) == metrics.MOST_PSNR
    assert metrics.hole_ssim(image, image, mask) == pytest.approx(1)


def test_nothing_outside_the_hole_counts(trio):
    image, completed, mask = trio
    other = np.where(mask[..., np.newaxis] > 0, completed, 255 - image)
    for metric in (metrics.hole_l1, metrics.hole_l2, metrics.hole_psnr):
        assert metric(image, other, mask) == metric(*trio)


def test_ssim_is_scikit_images(trio):
    image, completed, mask = trio
    expected, full = structural_similarity(
        image,
        completed,
        channel_axis=2,
        data_range=255,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        full=True,
    )
    assert metrics.ssim(image, completed) == pytest.approx(expected, abs=1e-4)
    found = metrics.hole_ssim(image, completed, mask)
    assert found == pytest.approx(full[mask > 0].mean(), abs=1e-4)
    assert 0 < found < expected


def test_psnr_is_scikit_images(trio):
    image, completed, _ = trio
    assert metrics.psnr(image, completed) == pytest.approx(
        peak_signal_noise_ratio(image, completed, data_range=255)
    )


def test_gradients_match_their_definitions(trio):
    image, completed, mask = trio
    hole = mask > 0
    true, found = _gradient(image), _gradient(completed)
    lengths = np.sqrt(((true - found) ** 2).sum(0))
    assert metrics.hole_gradient_error(*trio) == pytest.approx(lengths[hole].mean())
    ratio = (found[:, hole] ** 2).sum() / (true[:, hole] ** 2).sum()
    assert metrics.gradient_energy_ratio(*trio) == pytest.approx(ratio)
    assert ratio > 1  # the noise


def test_a_blurred_fill_has_less_gradient_energy(trio):
    image, completed, mask = trio
    blurred = cv2.blur(completed, (9, 9))
    found = metrics.gradient_energy_ratio(completed, blurred, mask)
    assert 0 < found < 0.2
    flat = np.full_like(image, 90)
    assert metrics.gradient_energy_ratio(image, flat, mask) == 0
    assert metrics.gradient_energy_ratio(flat, flat, mask) == 1
    assert metrics.gradient_energy_ratio(flat, image, mask) == np.inf


def test_gradients_reach_the_rim_of_the_picture():
    image = np.zeros((12, 12, 3), np.uint8)
    completed = image.copy()
    completed[:, 0] = 255
    mask = np.zeros((12, 12), np.uint8)
    mask[:, 0] = 1
    # The rim is continued: (0 - 255) / 2 along x, nothing along y.
    assert metrics.hole_gradient_error(image, completed, mask) == pytest.approx(0.5)


def _gradient(image):
    """Central differences of each channel, [2, H, W, 3]."""
    padded = np.pad(image / 255, ((1, 1), (1, 1), (0, 0)), mode="edge")
    along_x = (padded[1:-1, 2:] - padded[1:-1, :-2]) / 2
    along_y = (padded[2:, 1:-1] - padded[:-2, 1:-1]) / 2
    return np.stack([along_x, along_y])
