import numpy as np
import pytest

from ce_tf import baselines
from ce_tf.metrics import hole_psnr
from tests.fakes import make_photo


@pytest.fixture
def mask():
    mask = np.zeros((60, 80, 1), np.uint8)
    mask[20:40, 30:60] = 1
    return mask


@pytest.mark.parametrize(
    "fill",
    [
        baselines.mean_fill,
        baselines.telea,
        baselines.navier_stokes,
        baselines.biharmonic,
    ],
)
def test_a_baseline_fills_the_hole_alone(fill, mask):
    image = make_photo(4, 60, 80)
    filled = fill(image, mask)
    hole = mask[..., 0] == 1
    assert filled.dtype == np.uint8
    assert (filled[~hole] == image[~hole]).all()
    assert (filled[hole] != image[hole]).any()
    hidden = image.copy()
    hidden[hole] = 0
    assert (fill(hidden, mask) == filled).all()


def test_mean_fill_is_the_visible_mean(mask):
    image = make_photo(4, 60, 80)
    hole = mask[..., 0] == 1
    expected = np.round(image[~hole].mean(0))
    assert (baselines.mean_fill(image, mask)[hole] == expected).all()
    assert hole_psnr(image, baselines.mean_fill(image, mask), mask[..., 0]) < 40


def test_a_gradient_is_continued_by_the_biharmonic_fill(mask):
    ramp = np.tile(np.arange(80, dtype=np.uint8)[:, np.newaxis] * 3, (60, 1, 3))
    filled = baselines.biharmonic(ramp, mask)
    assert hole_psnr(ramp, filled, mask[..., 0]) > 45
