import numpy as np

from ce_tf.erasing.texture.propagation import propagate_offsets
from tests.ce_tf.erasing.texture.scales import make_offsets, make_scale


def test_neighbours_with_good_offsets_are_followed():
    _, scale = make_scale()
    rows, columns = np.nonzero(scale.cells)
    right = make_offsets(scale, (0, -20))
    scale.paint(right)
    astray = right.copy()
    astray[rows[::3], columns[::3]] = (-19, 1)
    found = propagate_offsets(scale, astray, 4)
    assert (found[scale.cells] == right[scale.cells]).all()
    assert (astray[rows[0], columns[0]] == (-19, 1)).all()  # not changed in place


def test_an_offset_that_is_a_pixel_off_is_mended():
    _, scale = make_scale()
    scale.paint(make_offsets(scale, (0, -20)))
    scale.cells = np.zeros_like(scale.cells)
    scale.cells[27, 30] = True  # with no neighbour to learn from
    for near in ((1, -20), (0, -21), (-1, -20), (0, -19)):
        found = propagate_offsets(scale, make_offsets(scale, near), 2)
        assert (found[27, 30] == (0, -20)).all()


def test_offsets_that_lead_nowhere_are_left_for_neighbours():
    _, scale = make_scale()
    scale.paint(make_offsets(scale, (0, -20)))
    offsets = make_offsets(scale, (500, 500))
    offsets[24, 26] = (0, -20)
    found = propagate_offsets(scale, offsets, 40)
    assert (found[scale.cells] == (0, -20)).all(-1).mean() > 0.95
