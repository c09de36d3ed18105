"""Of a texture that runs as the fill does the coarse is taken, and part of the fine."""

import numpy as np
import pytest

from ce_tf.erasing.texture.mixing import Shares, share_texture, weigh_brought


def make_hole(height: int, width: int) -> np.ndarray:
    """A disc that touches the borders of its box, and a pixel that lies apart."""
    rows, columns = np.mgrid[:height, :width]
    place = (rows / height - 0.5, columns / width - 0.5)
    hole = np.hypot(*place) < 0.4
    hole[0, 0] = True
    return hole


def weigh(
    brought: np.ndarray, hole: np.ndarray, fill: np.ndarray | None = None
) -> np.ndarray:
    """Of the fine 0.3, where both run one way; the fill is grey, if it is not given."""
    fill = np.full(brought.shape, 128, np.uint8) if fill is None else fill
    along, fine = (np.full(hole.shape, share, np.float32) for share in (1, 0.3))
    return weigh_brought(fill, brought, hole, Shares(along, fine))


def test_of_a_shift_three_quarters_are_taken():
    hole = make_hole(130, 170)
    shift = np.float32([30, -20, 7]) * hole[..., np.newaxis]
    np.testing.assert_allclose(weigh(shift, hole), 0.75 * shift, atol=1e-4)


def test_what_changes_from_pixel_to_pixel_is_taken_in_part():
    hole = make_hole(160, 160)
    rows, columns = np.mgrid[:160, :160]
    board = np.where((rows + columns) % 2, 20, -20).astype(np.float32)
    board = board[..., np.newaxis].repeat(3, -1) * hole[..., np.newaxis]
    inner = hole.copy()
    inner[:40, :40] = False  # blocks of few pixels have means of their own
    fill = (128 - board / 2).astype(np.uint8)  # as strong as what comes
    found = weigh(board, hole, fill)[inner]
    np.testing.assert_allclose(found, 0.3 * board[inner], atol=1)


@pytest.mark.parametrize("strength", [0, 5, 80])
def test_of_the_finest_the_stronger_is_preferred(strength):
    """By 0.3 t over 0.3 t + 0.7 f, of a texture of 60 and a fill's stripes."""
    hole = np.ones((96, 96), bool)
    rows, columns = np.mgrid[:96, :96]
    texture, soft = (
        np.where(places % 2, by, -by).astype(np.float32)[..., np.newaxis].repeat(3, -1)
        for places, by in ((rows + columns, 60), (columns, strength))
    )
    fill = (128 + soft).astype(np.uint8)
    found = weigh((128 + texture - fill).astype(np.float32), hole, fill)
    # A board and stripes have a mean of 1/25 and 1/5 of their own in a square of 5x5.
    sharp, own = 3 * 60 * 24 / 25 + 3, 3 * strength * 4 / 5 + 3
    share = 0.3 * sharp / (0.3 * sharp + 0.7 * own)
    inner = np.s_[20:-20, 20:-20]
    board = np.where((rows + columns) % 2, 1, -1)[inner]
    got = (found[..., 0][inner] * board).mean()
    assert got == pytest.approx(60 * (0.3 + (share - 0.3) * 24 / 25), rel=0.02)
    assert (share > 0.3) == (strength < 72)


def test_what_runs_another_way_gets_no_more_than_its_share():
    board, hole = make_board(128)
    fill = make_fill(board, 1)
    shares = Shares(*(np.full(hole.shape, n, np.float32) for n in (0, 0.2)))
    found = weigh_brought(fill, board.astype(np.float32), hole, shares)
    np.testing.assert_allclose(found, 0.2 * board, atol=1e-4)


@pytest.mark.parametrize(("side", "block"), [(100, 16), (600, 25)])
def test_blocks_are_as_long_as_told(side, block):
    """Waves of four blocks are coarse for the most part, of a quarter of one fine."""
    hole = np.ones((side, side), bool)
    strength = []
    for period in (4 * block, block // 4):
        wave = 40 * np.sin(2 * np.pi * np.arange(side) / period).astype(np.float32)
        brought = np.tile(wave[:, np.newaxis, np.newaxis], (1, side, 3))
        fill = np.round(128 - brought / 2).astype(np.uint8)  # as strong as what comes
        strength.append(weigh(brought, hole, fill).std() / brought.std())
    assert strength[0] > 0.8 * 0.75
    assert strength[1] == pytest.approx(0.3, abs=0.05)


def test_nothing_changes_outside_of_the_hole():
    rng = np.random.default_rng(0)
    hole = make_hole(90, 70)
    brought = rng.normal(0, 20, (90, 70, 3)).astype(np.float32)
    assert (weigh(brought, hole)[~hole] == 0).all()
    other = np.where(hole[..., np.newaxis], brought, 255).astype(np.float32)
    np.testing.assert_array_equal(weigh(other, hole), weigh(brought, hole))


def test_a_single_pixel_is_coarse():
    brought = np.zeros((5, 5, 3), np.float32)
    brought[2, 3] = 9
    found = weigh(brought, brought[..., 0] > 0)
    np.testing.assert_allclose(found, 0.75 * brought)


def make_board(side: int) -> tuple[np.ndarray, np.ndarray]:
    """A board whose blocks of 16 have the mean 0, and the hole that it fills."""
    hole = np.zeros((side + 12, side + 12), bool)
    hole[6:-6, 6:-6] = True
    rows, columns = np.mgrid[: side + 12, : side + 12]
    board = np.where((rows // 2 + columns // 2) % 2, 20.0, -20.0) * hole
    return board[..., np.newaxis].repeat(3, -1), hole


def make_fill(board: np.ndarray, faintness: float) -> np.ndarray:
    """What a fill has of a board, on grey: a share of its contrast."""
    return np.round(128 + (1 - faintness) * board).astype(np.uint8)


@pytest.mark.parametrize(
    ("faintness", "drift", "expected"),
    [
        (1, 0, 1),
        (1, 30, 5 * 400 / 761 * (1.2 - 1 / 401)),
        (1, 60, 5 * 400 / 1121 * (1.2 - 1 / 401)),
        (1, 400, 5 * 400 / 5201 * (1.2 - 1 / 401)),
        (1, 1200, 0.2),
        (0.3, 0, 5 * 36 / 37 * (1.2 - 197 / 401)),
        (0.3, 9, 5 * 36 / 145 * (1.2 - 197 / 401)),
        (0.1, 0, 5 * 4 / 5 * (1.2 - 325 / 401)),
        (-0.2, 0, 0.2),  # sharper than the texture
    ],
)
def test_more_of_the_fine_is_taken_where_it_is_wanted_and_does_not_drift(
    faintness, drift, expected
):
    board, hole = make_board(128)
    fill = make_fill(board, faintness)
    brought = faintness * board + np.sqrt(drift) * hole[..., np.newaxis]
    share = share_texture(fill, brought.astype(np.float32), hole, ~hole).fine
    np.testing.assert_allclose(share[hole], min(expected, 1), rtol=1e-5)
    assert (share[~hole] == 0).all()


def test_where_there_is_no_grain_the_share_is_the_least():
    board, hole = make_board(128)
    fill = make_fill(board, 1)
    for level in (0.0, 5.0):
        shift = level * hole[..., np.newaxis].repeat(3, -1)
        share = share_texture(fill, shift.astype(np.float32), hole, ~hole).fine[hole]
        np.testing.assert_allclose(share, 0.2)


def test_each_place_has_a_share_of_its_own():
    board, hole = make_board(256)
    drifting = 35.0 * hole
    drifting[:, :134] = 0
    brought = board + drifting[..., np.newaxis]
    shares = share_texture(make_fill(board, 1), brought.astype(np.float32), hole, ~hole)
    share = shares.fine[hole].reshape(256, 256)
    np.testing.assert_allclose(share[:, :80], 1)
    np.testing.assert_allclose(share[:, -80:], 0.2)
    assert (np.diff(share, axis=1) <= 1e-6).all()
    assert np.abs(np.diff(share, axis=1)).max() < 0.05  # no edge


def make_waves(angle: float, side: int = 128) -> tuple[np.ndarray, np.ndarray]:
    """Stripes of 8 pixels, of no mean over blocks of 16, and the hole they fill."""
    hole = np.zeros((side + 12, side + 12), bool)
    hole[6:-6, 6:-6] = True
    rows, columns = np.mgrid[: side + 12, : side + 12]
    way = columns * np.cos(angle) + rows * np.sin(angle)
    waves = 60 * np.sin(2 * np.pi * way / 8) * hole
    return waves[..., np.newaxis].repeat(3, -1), hole


@pytest.mark.parametrize(
    ("turn", "right"),
    [(0, 1), (5, 1 - 8 * np.sin(np.radians(5)) ** 2), (45, 0), (90, 0)],
)
def test_texture_that_runs_another_way_than_the_fill_is_refused(turn, right):
    """By 1 - 4 (1 - cos 2t), of what turns by t."""
    waves, hole = make_waves(0)
    turned, _ = make_waves(np.radians(turn))
    fill = np.round(128 + 0.9 * waves).astype(np.uint8)
    brought = ((128 + turned - fill) * hole[..., np.newaxis]).astype(np.float32)
    shares = share_texture(fill, brought, hole, ~hole)
    inner = np.s_[30:-30, 30:-30]
    np.testing.assert_allclose(shares.along[inner], right, atol=0.02)
    fine = shares.fine[inner]
    np.testing.assert_allclose(fine, np.maximum(right, 0.2), atol=0.02)
    for share in (shares.along, shares.fine):
        assert (share[~hole] == 0).all()


def test_grain_in_place_of_a_line_is_refused_and_a_line_in_place_of_grain_is_not():
    waves, hole = make_waves(0)
    board, _ = make_board(128)
    none = np.zeros_like(waves)
    for shown, texture, along in (
        (waves, board, 0),
        (board, waves, 1),
        (none, waves, 1),
    ):
        fill = np.round(128 + 0.9 * shown).astype(np.uint8)
        brought = ((128 + texture - fill) * hole[..., np.newaxis]).astype(np.float32)
        found = share_texture(fill, brought, hole, ~hole).along[hole]
        np.testing.assert_allclose(found, along, atol=0.02)


def test_over_what_is_drawn_it_may_run_any_way():
    """A line that the fill has, in grain, when it is drawn and when it is not."""
    board, hole = make_board(128)
    line = np.zeros_like(hole)
    line[:, 68:72] = True
    fill = (
        np.where(line & hole, 228, 128).astype(np.uint8)[..., np.newaxis].repeat(3, -1)
    )
    brought = ((128 + board - fill) * hole[..., np.newaxis]).astype(np.float32)
    near = np.s_[30:-30, 60:80]
    found = [
        share_texture(fill, brought, hole, drawn).along[near].mean()
        for drawn in (np.zeros_like(hole), line)
    ]
    assert found[0] < 0.1
    assert found[1] > 0.95
