import numpy as np
import pytest

from ce_tf.erasing.blending import match_rim
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
