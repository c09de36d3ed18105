"""Both engines reproduce the cases of decisions.json, whatever the processor."""

import functools

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ce_tf.erasing import decisions
from ce_tf.erasing.network_fill import measure_known
from ce_tf.erasing.regions import group_hole
from ce_tf.exporting import hole_rule, photo_signature
from ce_tf.images.mask import HOLE_FROM, find_hole
from tests.holes import CUTS, DRAWN, draw_bars, draw_regions, read_drawn

WINDOWS = decisions.SPECIFICATION["windows"]
LOOKS = decisions.SPECIFICATION["looks"]
HOLES = decisions.SPECIFICATION["holes"]


def find_hole_in_graph(values):
    return hole_rule.find_hole(tf.constant(values)[..., None])[..., 0].numpy()


@pytest.mark.parametrize("case", decisions.SPECIFICATION["masks"])
@pytest.mark.parametrize("find", [find_hole, find_hole_in_graph])
def test_masks(find, case):
    assert decisions.SPECIFICATION["hole_from"] == HOLE_FROM
    values = np.array([case["values"]], np.uint8)
    assert find(values).tolist() == [case["hole"]]


def place_in_graph(*args):
    return decisions.place_window(*args, least=tf.minimum, most=tf.maximum)


@pytest.mark.parametrize("case", WINDOWS)
@pytest.mark.parametrize("place", [decisions.place_window, place_in_graph])
def test_windows(place, case):
    numbers = (case[name] for name in ("box", "pixels", "height", "width", "size"))
    found = place(*numbers)
    wanted = case["top"], case["left"], case["side"]
    assert tuple(int(number) for number in found) == wanted


def look_in_graph(*args):
    return decisions.look_closer(*args, least=tf.minimum, most=tf.maximum)


@pytest.mark.parametrize("case", LOOKS)
@pytest.mark.parametrize("look", [decisions.look_closer, look_in_graph])
def test_closer_looks(look, case):
    found = look(case["box"], case["window"], case["size"])
    assert [[int(number) for number in square] for square in found] == case["closer"]
    longer = max(case["box"][2:])
    assert decisions.is_seen_again(longer, case["size"]) == case["again"]


@given(
    st.integers(1, 300), st.integers(1, 300), st.integers(0, 500), st.integers(0, 500)
)
def test_closer_looks_lie_in_the_window_and_show_the_region(width, height, x, y):
    size, photo = 256, (500 + height, 600 + width)
    box = (x, y, width, height)
    window = decisions.place_window(box, width * height, *photo, size)
    outer = window
    for top, left, side in decisions.look_closer(box, window, size):
        for first, seen in zip(outer[:2], (top, left), strict=True):
            assert first <= seen <= seen + side <= first + outer[2]
        assert top <= y <= y + height <= top + side
        assert left <= x <= x + width <= left + side
        outer = top, left, side


def choose_in_graph(side, sizes):
    ways = {size: functools.partial(tf.constant, size) for size in sizes}
    return photo_signature.choose(tf.constant(side), ways)


@pytest.mark.parametrize("case", decisions.SPECIFICATION["sizes"])
@pytest.mark.parametrize("choose", [decisions.choose_size, choose_in_graph])
def test_sizes(choose, case):
    assert int(choose(case["side"], case["sizes"])) == case["size"]


def measure_in_graph(known, size):
    return photo_signature.measure_known(tf.constant(known, tf.float32), size).numpy()


@pytest.mark.parametrize("case", HOLES)
@pytest.mark.parametrize("measure", [measure_known, measure_in_graph])
def test_holes(measure, case):
    known = np.ones((case["side"], case["side"]), np.uint8)
    for top, left, height, width in case["holes"]:
        known[top : top + height, left : left + width] = 0
    area = measure(known, case["size"])
    hole = decisions.is_hole(area, case["side"] ** 2, area.max())
    drawn = ["".join(".#"[int(pixel)] for pixel in row) for row in hole]
    assert drawn == case["network"]


@pytest.mark.parametrize("case", DRAWN)
def test_regions(case):
    hole = read_drawn(case["rows"])
    owners = np.zeros(hole.shape, int)
    for number, region in enumerate(group_hole(hole, case["size"]), 1):
        left, top, width, height = region.box
        part = owners[top : top + height, left : left + width]
        part += number * region.find(hole)
    assert draw_regions(owners) == case["rows"]


@pytest.mark.parametrize("case", CUTS)
def test_cuts(case):
    regions = group_hole(draw_bars(case), case["size"])
    assert [list(region.box) for region in regions] == case["boxes"]


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 90), st.sampled_from([8, 32]), st.integers(0, 2**32))
def test_the_known_area_is_counted_exactly(side, size, seed):
    known = np.random.default_rng(seed).integers(0, 2, (side, side)).astype(np.uint8)
    # Of pixels so small that those of both squares are whole numbers of them.
    fine = known.repeat(size, 0).repeat(size, 1)
    wanted = fine.reshape(size, side, size, side).sum((1, 3), dtype=np.int64)
    assert (measure_known(known, size) == wanted).all()
    assert (measure_in_graph(known, size) == wanted).all()


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_window_reaches_known_pixels(data):
    """Of a photo of any form whose hole is any box in it, but not all of it."""
    height, width = (data.draw(st.integers(1, 300)) for _ in range(2))
    left, top = (data.draw(st.integers(0, side - 1)) for side in (width, height))
    box_width = data.draw(st.integers(1, width - left))
    box_height = data.draw(st.integers(1, height - top))
    assume((box_width, box_height) != (width, height))
    box = (left, top, box_width, box_height)
    pixels = box_width * box_height
    first, start, side = decisions.place_window(box, pixels, height, width, 8)
    rows = min(height, first + side) - max(0, first)
    columns = min(width, start + side) - max(0, start)
    assert rows * columns > pixels
