import numpy as np
import pytest

from ce_tf.erasing.blending import continue_rim, match_rim, pull_push
from ce_tf.models.pull_push import PullPush
from tests.fakes import make_photo


@pytest.fixture
def hole():
    hole = np.zeros((90, 120), bool)
    hole[30:60, 40:90] = True
    return hole


def test_a_fill_of_another_brightness_is_shifted(hole):
    image = np.full((90, 120, 3), (100, 120, 140), np.uint8)
    fill = np.full_like(image, 90)
    assert np.abs(match_rim(image, hole, fill).astype(int) - image).max() <= 1


def test_outside_the_hole_the_photo_stays(hole):
    image = make_photo(1, 90, 120)
    fill = np.where(hole[..., np.newaxis], 255 - image, image)
    result = match_rim(image, hole, fill)
    assert (result[~hole] == image[~hole]).all()
    assert (result[hole] != fill[hole]).any()


def test_the_shift_falls_with_the_distance_from_the_rim(hole):
    image = np.full((90, 120, 3), 120, np.uint8)
    fill = np.full_like(image, 90)
    result = match_rim(image, hole, fill, reach=4)
    assert (np.abs(result[hole].astype(int) - 120) <= 1).any()
    # The middle lies 15 pixels from the rim: 30 exp(-14 / 4) is 0.9.
    assert np.abs(result[45, 65].astype(int) - 91).max() <= 1
    line = result[45, 40:65, 0].astype(int)
    assert (np.diff(line) <= 0).all()
    assert line[0] >= 119


def test_the_photo_goes_on_into_the_hole(hole):
    image = np.full((90, 120, 3), (100, 120, 140), np.uint8)
    fill = np.where(hole[..., np.newaxis], 0, image).astype(np.uint8)
    red = continue_rim(image, hole, fill)[..., 0].astype(int)
    # Beside a straight rim the weights' sum is 1.31: 0.8 * 1.31 / (1.31 + 0.15).
    assert red[30, 41:89] == pytest.approx(72, abs=1)
    assert red[30, 60] > red[31, 60] > red[32, 60] > red[33, 60] == 0
    assert (red[33:57, 43:87] == 0).all()
    assert (red[~hole] == 100).all()


def test_what_lies_in_the_hole_does_not_go_on(hole):
    image, rng = make_photo(1, 90, 120), np.random.default_rng(0)
    hole[10, 10:100] = hole[80:, 3] = True
    noise = rng.integers(0, 256, image.shape, dtype=np.uint8)
    other = np.where(hole[..., np.newaxis], noise, image)
    results = [continue_rim(photo, hole, 255 - image) for photo in (image, other)]
    np.testing.assert_array_equal(*results)


@pytest.mark.parametrize(
    "shape", [(60, 81), (128, 64), (5, 4), (1, 7), (2, 30), (1, 1)]
)
def test_values_are_spread_as_by_the_networks_layer(shape):
    rng = np.random.default_rng(sum(shape))
    values = rng.normal(size=(*shape, 3)).astype(np.float32)
    known = rng.random(shape) < 0.1
    known.flat[0] = True
    mask = 1.0 - known[np.newaxis, ..., np.newaxis].astype(np.float32)
    wanted = PullPush()(values[np.newaxis], mask)[0].numpy()
    # Means of four and of two neighbours, the same in either engine but for rounding:
    # each of at most 8 levels adds a part in 2 ** 24 of numbers below 5.
    np.testing.assert_allclose(pull_push(values, known), wanted, atol=5e-6)
