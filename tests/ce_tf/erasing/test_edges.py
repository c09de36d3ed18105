"""Straight edges that meet a hole on two sides are found, and go on in its fill."""

import cv2
import numpy as np
import pytest

from ce_tf.erasing.edge_drawing import continue_edges
from ce_tf.erasing.edges import find_edges
from ce_tf.erasing.eraser import Eraser
from ce_tf.metrics import hole_psnr
from tests.ce_tf.erasing.mean_runtime import MeanRuntime


def make_kerb(turn: float, side: int = 160, noise: float = 4) -> np.ndarray:
    """Two colours that meet in a line through the middle, in degrees, with grain."""
    rows, columns = np.mgrid[:side, :side] - (side - 1) / 2
    angle = np.radians(turn)
    aside = rows * np.cos(angle) - columns * np.sin(angle)
    share = np.clip(aside + 0.5, 0, 1)[..., np.newaxis]
    colors = (1 - share) * (60, 90, 140) + share * (150, 140, 120)
    grain = np.random.default_rng(0).normal(0, noise, colors.shape)
    return np.round(colors + grain).clip(0, 255).astype(np.uint8)


def make_rail(turn: float, noise: float) -> np.ndarray:
    """A line of three pixels through the middle of grass, 160 x 160."""
    rows, columns = np.mgrid[:160, :160] - 79.5
    angle = np.radians(turn)
    aside = rows * np.cos(angle) - columns * np.sin(angle)
    share = np.clip(2 - np.abs(aside), 0, 1)[..., np.newaxis]
    colors = (1 - share) * (120, 130, 90) + share * (220, 215, 205)
    grain = np.random.default_rng(0).normal(0, noise, colors.shape)
    return np.round(colors + grain).clip(0, 255).astype(np.uint8)


def make_disc(side: int = 160, radius: float = 40) -> np.ndarray:
    rows, columns = np.mgrid[:side, :side] - (side - 1) / 2
    return np.hypot(rows, columns) < radius


def blank(image: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Filled as by a network that has lost the edge: with the mean."""
    mean = image[~hole].mean(0).astype(np.uint8)
    return np.where(hole[..., np.newaxis], mean, image)


@pytest.mark.parametrize("turn", [0, 17, 45, 72, 90, 130])
def test_an_edge_goes_on_at_any_angle(turn):
    image, hole = make_kerb(turn), make_disc()
    fill = blank(image, hole)
    (edge,) = find_edges(fill, hole, ~hole)
    # Both ends lie on the line, to a pixel and a half, and side by side.
    across = np.array((-np.sin(np.radians(turn)), np.cos(np.radians(turn))))
    aside = [(end - 79.5) @ across for end in (edge.start, edge.end)]
    assert np.abs(aside).max() < 1.5
    assert abs(aside[0] - aside[1]) < 1
    for end in (edge.start, edge.end):
        assert np.hypot(*(end - 79.5)) == pytest.approx(40, abs=2)
    drawn = continue_edges(fill, hole, ~hole).image
    np.testing.assert_array_equal(drawn[~hole], image[~hole])
    rows, columns = np.mgrid[:160, :160] - 79.5
    near = np.abs(columns * across[0] + rows * across[1]) < 3
    before, after = (
        hole_psnr(image, done, (hole & near).astype(np.uint8)) for done in (fill, drawn)
    )
    assert after > before + 6


def test_an_edge_is_read_as_far_as_the_photo_goes():
    """A hole 12 pixels from the photo's border, where 28 are asked for else."""
    image, hole = make_kerb(0)[:, 28:], make_disc()[:, 28:]
    (edge,) = find_edges(blank(image, hole), hole, ~hole)
    assert min(edge.start[0], edge.end[0]) == pytest.approx(12, abs=2)


@pytest.mark.parametrize("turn", [8, 45, 130])
def test_copied_texture_does_not_break_a_line(turn, monkeypatch):
    """What is copied shows the line too, but a pixel or two aside."""
    image, hole = make_rail(turn, noise=20), make_disc()
    rows, columns = np.mgrid[:160, :160] - 79.5
    angle = np.radians(turn)
    near = np.abs(rows * np.cos(angle) - columns * np.sin(angle)) < 3
    part = (hole & near).astype(np.uint8)
    eraser = Eraser(MeanRuntime())
    fills = [eraser.erase(image, hole)]
    monkeypatch.setattr("ce_tf.erasing.edge_drawing._SHARE", 0.0)
    fills.append(eraser.erase(image, hole))
    # Without the grain, which both have.
    clean, *smooth = (
        cv2.GaussianBlur(pixels, (0, 0), 2) for pixels in (make_rail(turn, 0), *fills)
    )
    kept, broken = (hole_psnr(clean, fill, part) for fill in smooth)
    assert kept > broken + 1
    assert kept > 39.5


def test_an_edge_has_the_grain_of_what_is_beside_it():
    image, hole = make_rail(30, noise=20), make_disc()
    drawn = continue_edges(blank(image, hole), hole, ~hole)
    line = (drawn.share == 1) & hole
    rest = drawn.image - cv2.GaussianBlur(drawn.image, (0, 0), 2).astype(float)
    true = image - cv2.GaussianBlur(image, (0, 0), 2).astype(float)
    assert 0.65 < rest[line].std() / true[line].std() < 1


def test_what_is_on_one_side_alone_does_not_go_on():
    image, hole = make_kerb(0), make_disc()
    image[:, 80:] = 100
    fill = blank(image, hole)
    assert find_edges(fill, hole, ~hole) == []
    assert continue_edges(fill, hole, ~hole) is None


def test_along_a_wire_nothing_is_drawn():
    """Its rim says what goes on along it; across it no gap is long enough."""
    image = make_kerb(90)
    hole = np.zeros((160, 160), bool)
    hole[20:140, 77:83] = True
    assert find_edges(blank(image, hole), hole, ~hole) == []
    hole[20:140, 72:88] = True
    assert len(find_edges(blank(image, hole), hole, ~hole)) == 1


def test_grain_and_even_colours_have_no_edge():
    hole = make_disc()
    for noise in (0, 30):
        rng = np.random.default_rng(1)
        grain = rng.normal(0, noise, (160, 160, 3))
        image = (128 + grain).clip(0, 255).astype(np.uint8)
        assert find_edges(blank(image, hole), hole, ~hole) == []


def test_an_edge_is_not_drawn_over_another_thing():
    """The fill shows what is far darker than both sides of the edge."""
    image, hole = make_kerb(0), make_disc()
    assert len(find_edges(blank(image, hole), hole, ~hole)) == 1
    fill = np.where(hole[..., np.newaxis], np.uint8(0), image)
    assert find_edges(fill, hole, ~hole) == []


def test_only_what_is_known_is_read():
    image, hole = make_kerb(30), make_disc()
    fill = blank(image, hole)
    known = ~make_disc(radius=50)  # as where another hole lies beside it
    expected = find_edges(fill, hole, known)
    rng = np.random.default_rng(2)
    other = rng.integers(0, 256, image.shape, np.uint8)
    garbled = np.where((known | hole)[..., np.newaxis], fill, other)
    found = find_edges(garbled, hole, known)
    assert [(*e.start, *e.end) for e in found] == [(*e.start, *e.end) for e in expected]


def test_the_lines_of_a_lattice_cross_and_keep_apart():
    """Joints of tiles: those in both directions go on."""
    rows, columns = np.mgrid[:200, :200]
    joints = (rows % 33 < 3) | (columns % 40 < 3)
    image = np.where(joints[..., np.newaxis], 40, (190, 160, 120)).astype(np.uint8)
    hole = make_disc(200, 55)
    fill = blank(image, hole)
    edges = find_edges(fill, hole, ~hole)
    assert len(edges) <= 24
    for number, edge in enumerate(edges):
        for other in edges[:number]:
            ends, others = (edge.start, edge.end), (other.start, other.end)
            assert min(np.hypot(*(a - b)) for a in ends for b in others) >= 5
    # Each joint once, and of both directions.
    middles = np.array([(e.start + e.end) / 2 for e in edges]) / (40, 33)
    down = np.array([abs(e.end[1] - e.start[1]) > 10 for e in edges])
    for joints in (middles[down, 0], middles[~down, 1]):
        assert len(joints) >= 2
        assert len(set(np.round(joints))) == len(joints)
    drawn = continue_edges(fill, hole, ~hole).image
    before, after = (
        [
            hole_psnr(image, done, (hole & (place % period < 3)).astype(np.uint8))
            for place, period in ((rows, 33), (columns, 40))
        ]
        for done in (fill, drawn)
    )
    assert (np.subtract(after, before) > 3).all()


def test_in_a_large_hole_an_edge_goes_on_too():
    """It is found in a smaller picture; what is drawn is as large as the photo."""
    image, hole = make_kerb(20, 900), make_disc(900, 330)
    fill = blank(image, hole)
    drawn = continue_edges(fill, hole, ~hole).image
    np.testing.assert_array_equal(drawn[~hole], image[~hole])
    rows, columns = np.mgrid[:900, :900] - 449.5
    aside = rows * np.cos(np.radians(20)) - columns * np.sin(np.radians(20))
    near = (np.abs(aside) < 5) & hole
    assert hole_psnr(image, drawn, near.astype(np.uint8)) > 6 + hole_psnr(
        image, fill, near.astype(np.uint8)
    )


def test_the_eraser_draws_them_as_part_of_its_detail():
    """Of half of the detail there is half of the edge; of none no edge."""
    image, hole = make_kerb(90, noise=0), make_disc(radius=30)
    true = image.astype(int)[75:85, 76] - image[75:85, 83]
    shares = []
    for detail in (0, 0.5, 1):
        completed = Eraser(MeanRuntime()).erase(image, hole, detail=detail)
        np.testing.assert_array_equal(completed[~hole], image[~hole])
        step = completed.astype(int)[75:85, 76] - completed[75:85, 83]
        shares.append(np.abs(step).sum() / np.abs(true).sum())
    none, half, full = shares
    assert none < 0.2
    assert full > 0.8
    assert half == pytest.approx((none + full) / 2, abs=0.1)
