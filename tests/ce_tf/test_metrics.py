import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio

from ce_tf.metrics import hole_psnr


def test_hole_psnr_is_the_psnr_of_the_holes_pixels():
    rng = np.random.default_rng(0)
    image, other = rng.integers(0, 256, (2, 30, 40, 3), dtype=np.uint8)
    mask = np.zeros((30, 40), np.uint8)
    mask[4:9, 10:20] = 255
    completed = np.where(mask[..., np.newaxis] > 0, other, image)
    expected = peak_signal_noise_ratio(image[4:9, 10:20], other[4:9, 10:20])
    assert hole_psnr(image, completed, mask) == pytest.approx(expected)
    assert hole_psnr(image, image, mask) == np.inf
