import numpy as np
import pytest

from ce_tf.erasing.texture.nearest_patches import RADIUS, find_sources
from tests.ce_tf.erasing.texture.scales import make_offsets, make_scale


@pytest.mark.parametrize("stride", [1, 2])
def test_what_lies_at_the_offsets_is_painted(stride):
    truth, scale = make_scale(stride)
    scale.paint(make_offsets(scale, (0, -20)))
    assert (scale.painted == truth).all()


def test_a_cost_is_the_sum_of_differences_of_colours_and_strengths():
    truth, scale = make_scale(2)
    places = np.argwhere(scale.cells)
    offsets = np.tile((-14, 3), (len(places), 1))
    strength = truth[..., :1] // 4  # as `make_scale` has it
    image = np.dstack((scale.painted, strength)).astype(int)
    costs = scale.measure(places, offsets)
    sources = find_sources((scale.painted != 128).any(-1))
    for place, offset, cost in zip(places, offsets, costs, strict=True):
        (row, column), there = 2 * place, 2 * place + offset
        if not sources[tuple(there)]:
            assert cost == np.inf
            continue
        reach = np.arange(-RADIUS, RADIUS + 1)
        mine = image[np.ix_(row + reach, column + reach)]
        other = image[np.ix_(there[0] + reach, there[1] + reach)]
        assert cost == np.abs(mine - other).sum()
    assert np.isfinite(costs).any()


@pytest.mark.parametrize("offset", [(0, 0), (-60, 0), (0, 5), (100, 100)])
def test_a_patch_that_is_not_wholly_known_is_not_copied(offset):
    _, scale = make_scale()
    before = scale.painted
    places = np.argwhere(scale.cells)[:1]
    assert scale.measure(places, np.array([offset]))[0] == np.inf
    single = np.zeros_like(scale.cells)
    single[tuple(places[0])] = True
    scale.cells = single
    scale.paint(make_offsets(scale, offset))
    assert (scale.painted == before).all()


def test_many_patches_cost_what_few_do(monkeypatch):
    _, scale = make_scale()
    places = np.argwhere(scale.cells)
    offsets = np.tile((-20, 0), (len(places), 1))
    costs = scale.measure(places, offsets)
    monkeypatch.setattr("ce_tf.erasing.texture.patch_voting._CHUNK", 7)
    assert (scale.measure(places, offsets) == costs).all()
