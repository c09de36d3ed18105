"""Of a texture the coarse is taken wholly, and part of the fine."""

import numpy as np
import pytest

from ce_tf.erasing.texture.mixing import share_fine, weigh_brought


def make_hole(height: int, width: int) -> np.ndarray:
    """A disc that touches the borders of its box, and a pixel that lies apart."""
    rows, columns = np.mgrid[:height, :width]
    place = (rows / height - 0.5, columns / width - 0.5)
    hole = np.hypot(*place) < 0.4
    hole[0, 0] = True
    return hole


def test_a_shift_is_taken_wholly():
    hole = make_hole(130, 170)
    shift = np.float32([30, -20, 7]) * hole[..., np.newaxis]
    np.testing.assert_allclose(weigh_brought(shift, hole, 0.3), shift, atol=1e-4)


def test_what_changes_from_pixel_to_pixel_is_taken_in_part():
    hole = make_hole(160, 160)
    rows, columns = np.mgrid[:160, :160]
    board = np.where((rows + columns) % 2, 20, -20).astype(np.float32)
    board = board[..., np.newaxis].repeat(3, -1) * hole[..., np.newaxis]
    inner = hole.copy()
    inner[:40, :40] = False  # blocks of few pixels have means of their own
    found = weigh_brought(board, hole, 0.3)[inner]
    np.testing.assert_allclose(found, 0.3 * board[inner], atol=1)


@pytest.mark.parametrize(("side", "block"), [(100, 16), (600, 25)])
def test_blocks_are_as_long_as_told(side, block):
    """Waves of four blocks are coarse for the most part, of a quarter of one fine."""
    hole = np.ones((side, side), bool)
    strength = []
    for period in (4 * block, block // 4):
        wave = np.sin(2 * np.pi * np.arange(side) / period).astype(np.float32)
        brought = np.tile(wave[:, np.newaxis, np.newaxis], (1, side, 3))
        strength.append(weigh_brought(brought, hole, 0.3).std() / brought.std())
    assert strength[0] > 0.8
    assert strength[1] == pytest.approx(0.3, abs=0.05)


def test_nothing_changes_outside_of_the_hole():
    rng = np.random.default_rng(0)
    hole = make_hole(90, 70)
    brought = rng.normal(0, 20, (90, 70, 3)).astype(np.float32)
    assert (weigh_brought(brought, hole, 0.3)[~hole] == 0).all()
    other = np.where(hole[..., np.newaxis], brought, 255).astype(np.float32)
    np.testing.assert_array_equal(
        weigh_brought(other, hole, 0.3), weigh_brought(brought, hole, 0.3)
    )


def test_a_single_pixel_is_the_textures():
    brought = np.zeros((5, 5, 3), np.float32)
    brought[2, 3] = 9
    found = weigh_brought(brought, brought[..., 0] > 0, 0.3)
    np.testing.assert_allclose(found, brought)


def test_more_of_the_fine_is_taken_where_the_texture_does_not_drift():
    # Two pixels for a square of the board: in blocks of 16 its mean is 0.
    hole = np.zeros((140, 140), bool)
    hole[6:134, 6:134] = True
    rows, columns = np.mgrid[:140, :140]
    board = np.where((rows // 2 + columns // 2) % 2, 20.0, -20.0)
    detail, shift = (
        np.where(hole, values, 0)[..., np.newaxis].repeat(3, -1)
        for values in (board, 1.0)
    )
    for drift, expected in ((0, 1), (3, 1), (12, 3 * 400 / 593 - 1.1), (400, 0.3)):
        brought = detail + np.sqrt(drift) * shift
        assert share_fine(brought, hole) == pytest.approx(expected)
    assert share_fine(shift, hole) == share_fine(0 * shift, hole) == 0.3
