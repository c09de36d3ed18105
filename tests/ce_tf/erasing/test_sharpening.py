"""Edges of the fill are made as strong as those of a photo."""

import numpy as np
import pytest
import tensorflow as tf

from ce_tf.erasing.sharpening import sharpen
from ce_tf.exporting import sharpening
from tests.fakes import make_photo


def sharpen_in_graph(image, hole):
    sharp = sharpening.sharpen(tf.constant(image, tf.float32)).numpy()
    return np.where(hole[..., np.newaxis], sharp, image).astype(np.uint8)


WAYS = pytest.mark.parametrize("way", [sharpen, sharpen_in_graph])


@WAYS
def test_a_step_gets_steeper_by_known_numbers(way):
    image = np.full((9, 8, 3), 100, np.uint8)
    image[:, 4:] = 200
    hole = np.ones((9, 8), bool)
    row = way(image, hole)[4, :, 0]
    # The means beside the step are 5/16 and 1/16 of its height off: 31.25 and 6.25,
    # of which 0.35 is added.
    assert row.tolist() == [100, 100, 98, 89, 211, 202, 200, 200]


@WAYS
@pytest.mark.parametrize("level", [0, 77, 255])
def test_what_is_even_stays(way, level):
    image = np.full((5, 7, 3), level, np.uint8)
    np.testing.assert_array_equal(way(image, np.ones((5, 7), bool)), image)


@WAYS
def test_it_stays_in_range_and_outside_the_hole_nothing_changes(way):
    image = np.where(make_photo(3, 40, 30) > 127, np.uint8(255), np.uint8(0))
    hole = np.zeros((40, 30), bool)
    hole[5:20, 0:12] = True
    sharp = way(image, hole)
    np.testing.assert_array_equal(sharp[~hole], image[~hole])
    # Black and white cannot get further apart.
    np.testing.assert_array_equal(sharp, image)


def test_copied_texture_is_not_sharpened():
    image = np.full((9, 8, 3), 100, np.uint8)
    image[:, 4:] = 200
    share = np.zeros((9, 8), np.float32)
    share[3:6] = np.float32([0.2, 0.6, 1])[:, np.newaxis]  # a row each
    rows = sharpen(image, np.ones((9, 8), bool), share)[2:6, :, 0].tolist()
    least = [100, 100, 98, 89, 211, 202, 200, 200]
    half = [100, 100, 99, 95, 205, 201, 200, 200]
    assert rows == [least, least, half, image[0, :, 0].tolist()]


def test_the_graph_does_the_same():
    image = np.random.default_rng(1).integers(0, 256, (50, 60, 3), np.uint8)
    hole = np.zeros((50, 60), bool)
    hole[:30, 20:] = True
    found, wanted = (
        way(image, hole).astype(int) for way in (sharpen_in_graph, sharpen)
    )
    assert np.abs(found - wanted).max() <= 1  # a half may fall to either side
    assert np.abs(wanted[hole] - image[hole]).mean() > 1
