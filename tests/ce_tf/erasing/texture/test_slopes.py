import cv2
import numpy as np
import pytest

from ce_tf.erasing.texture.slopes import find_strength, find_way, measure_slopes
from ce_tf.erasing.texture.synthesis import paint_hole

NOWHERE = np.zeros((60, 80), bool)


def make_ramp(angle: float, steepness: float) -> np.ndarray:
    """Grey that rises by so many levels a pixel towards an angle, degrees."""
    rows, columns = np.mgrid[:60, :80]
    turn = np.radians(angle)
    rise = steepness * (np.cos(turn) * (columns - 40) + np.sin(turn) * (rows - 30))
    return np.round(128 + rise).astype(np.uint8)[..., np.newaxis].repeat(3, -1)


@pytest.mark.parametrize(
    ("angle", "way"), [(0, (1, 0)), (90, (-1, 0)), (45, (0, 1)), (-45, (0, -1))]
)
def test_slopes_have_a_strength_and_a_way(angle, way):
    """2 levels a pixel down and along, or along a diagonal."""
    steepness = 2 * np.sqrt(2) if angle % 90 else 2
    slopes = measure_slopes(make_ramp(angle, steepness))
    inner = np.s_[9:-9, 9:-9]  # beyond the border lies the nearest pixel: no slope
    square = steepness**2
    expected = square * np.array((1, *way))
    np.testing.assert_allclose(np.dstack(slopes)[inner] - expected, 0, atol=1e-3)
    strength = find_strength(slopes[0], NOWHERE)[inner]
    assert (strength == np.round(20 * np.log2(steepness + 2))).all()
    found = find_way(*slopes)[inner]
    wanted = 90 * square / (square + 4) * np.array(way)
    np.testing.assert_allclose(found - wanted, 0, atol=1e-3)


def test_what_is_even_has_no_slopes():
    slopes = measure_slopes(np.full((60, 80, 3), 90, np.uint8))
    assert (find_strength(slopes[0], NOWHERE) == 20).all()
    assert (find_way(*slopes) == 0).all()


def test_where_they_run_both_ways_there_is_none():
    board = np.kron(np.indices((30, 40)).sum(0) % 2, np.ones((2, 2)))
    image = (255 * board).astype(np.uint8)[..., np.newaxis].repeat(3, -1)
    slopes = measure_slopes(image)
    assert np.abs(find_way(*slopes)[5:-5, 5:-5]).max() < 1
    assert find_strength(slopes[0], NOWHERE).min() > 120


def test_a_fill_is_taken_for_sharper_than_it_is():
    image = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    hole = NOWHERE.copy()
    hole[20:40, 20:60] = True
    slopes = measure_slopes(image)
    strength, own = find_strength(slopes[0], hole), find_strength(slopes[0], NOWHERE)
    assert (strength == own)[~hole].all()
    root = 2 ** (own[hole] / 20) - 2
    more = 20 * np.log2(1.5 * root + 2)
    np.testing.assert_allclose(strength[hole], more, atol=1)  # both are rounded


def test_of_two_textures_of_one_colour_that_which_runs_as_the_fill_is_copied():
    """Stripes of 4 pixels; the fill is as soft as what a small grid makes of them."""
    rows, columns = np.mgrid[:240, :400]
    stripes = np.where(columns < 200, np.sin(columns * np.pi / 2), 0)
    across = np.where(columns >= 200, np.sin(rows * np.pi / 2), 0)
    for middle, source in ((270, "left"), (130, "right")):
        image = 128 + 60 * (stripes + across)
        hole = (np.abs(rows - 120) < 50) & (np.abs(columns - middle) < 50)
        way = columns if source == "left" else rows
        image[hole] = (128 + 15 * np.sin(way * np.pi / 2))[hole]
        image = np.round(image).astype(np.uint8)[..., np.newaxis].repeat(3, -1)
        painted = paint_hole(image, hole, ~hole)
        inner = cv2.erode(hole.astype(np.uint8), np.ones((31, 31))) > 0
        there = (columns + painted.offsets[..., 1])[inner]
        assert ((there < 200) == (source == "left")).mean() > 0.9
