"""A window is looked at four times: whole, and closer, from both sides."""

import numpy as np
import pytest

from ce_tf.completion.runtimes import Runtime
from ce_tf.erasing.looks import fill_view, find_closer
from ce_tf.erasing.view import View
from ce_tf.erasing.window import Window
from tests.fakes import make_photo

SIZE = 64


class NotingRuntime(Runtime):
    """Fills with one number for each look, or with the column's; notes what it sees."""

    def __init__(self, *values: int):
        super().__init__(*values)
        self.size, self.values = SIZE, values
        self.seen: list[tuple[np.ndarray, np.ndarray]] = []

    def run(self, image, mask):
        self.seen.append((image, mask))
        columns = np.arange(SIZE)[np.newaxis, :, np.newaxis]
        value = self.values[len(self.seen) - 1] if self.values else columns
        return np.where(mask > 0, value, image).astype(np.uint8)


def make_view(box: tuple[int, int, int, int], side: int = 100, top: int = 0) -> View:
    """A window of `side`, of which the box (left, top, width, height) is hidden."""
    left, first, width, height = box
    own = np.zeros((side + top, side), bool)
    own[first : first + height, left : left + width] = True
    window = Window(top, 0, side, *own.shape)
    known = (~own).astype(np.uint8)
    return View(window, make_photo(0, *own.shape), known, own)


def test_where_looks_are_even_the_fill_is_their_mean_and_halves_go_up():
    view = make_view((20, 30, 40, 25))
    fill = fill_view(NotingRuntime(100, 201, 90, 91), view)
    assert fill.shape == view.image.shape
    # At the rim scaling mixes it with the photo, and details are weighed.
    assert (fill[37:48, 27:53] == 121).all()


def test_looks_are_fused_where_there_is_hole():
    """So beside the rim the step between fill and photo is no detail."""
    view = make_view((5, 5, SIZE - 10, SIZE - 10), SIZE)
    fill = fill_view(NotingRuntime(40, 200, 80, 160), view)
    np.testing.assert_array_equal(fill[view.own], 120)
    np.testing.assert_array_equal(fill[~view.own], view.image[~view.own])


def test_looks_get_nearer():
    runtime = NotingRuntime(0, 0, 0, 0)
    fill_view(runtime, make_view((30, 40, 30, 30)))
    areas = [mask.mean() for _, mask in runtime.seen]
    wanted = [0.09, 25 / 64, 9 / 16, 9 / 16]  # of the whole, of 8/5 and 4/3 its side
    np.testing.assert_allclose(areas, wanted, atol=0.03)


def test_beyond_the_closest_looks_it_is_the_first():
    """Of another region, beside it, the widest closer look shows a part."""
    view = make_view((70, 70, 60, 60), side=200)
    view.known[60:140, 134:170] = 0
    fill = fill_view(NotingRuntime(100, 140, 0, 0), view)
    widest, closest = find_closer(view, SIZE)
    assert (closest.columns.stop, widest.columns.stop) == (140, 148)
    assert (fill[95:105, 144] == 110).all()  # three of four are the first
    assert (fill[95:105, 152] == 100).all()


def test_looks_are_mirrored_and_turned_back():
    """Where they cannot be nearer: the mean of columns and their mirror is even."""
    view = make_view((5, 5, SIZE - 10, SIZE - 10), SIZE)
    runtime = NotingRuntime()
    fill = fill_view(runtime, view)
    image, mask = runtime.seen[0]
    for number, (again, again_mask) in enumerate(runtime.seen[1:]):
        turn = -1 if number < 2 else 1
        np.testing.assert_array_equal(again, image[:, ::turn])
        np.testing.assert_array_equal(again_mask, mask[:, ::turn])
    # Beyond the rim, where details are weighed: the mean of x and 63 - x, rounded up.
    assert (fill[9:-9, 9:-9] == SIZE // 2).all()


@pytest.mark.parametrize(("longer", "looks"), [(SIZE // 8 - 1, 1), (SIZE // 8, 4)])
def test_specks_are_looked_at_once(longer, looks):
    runtime = NotingRuntime(0, 0, 0, 0)
    fill_view(runtime, make_view((40, 50, longer, 3)))
    assert len(runtime.seen) == looks


def test_there_is_one_look_where_the_closest_would_see_nothing():
    """Of another region, not yet filled, all round."""
    view = make_view((40, 40, 20, 20))
    view.known[20:80, 20:80] = 0
    assert find_closer(view, SIZE) == []
    runtime = NotingRuntime(9)
    assert (fill_view(runtime, view)[view.own] == 9).all()


def test_only_the_window_is_looked_at():
    """Of a photo that is longer than its window."""
    view = make_view((10, 70, 30, 40), side=90, top=40)
    widest, closest = find_closer(view, SIZE)
    assert view.window.top <= widest.top <= closest.top
    for closer in (widest, closest):
        assert closer.top + closer.side <= view.window.top + view.window.side
        assert closer.inside(view.own).sum() == view.own.sum()
