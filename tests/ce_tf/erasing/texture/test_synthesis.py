import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ce_tf.erasing.texture import synthesis
from ce_tf.erasing.texture.synthesis import (
    add_texture,
    paint_hole,
    weigh_texture,
)
from ce_tf.metrics import gradient_energy_ratio, hole_psnr
from tests.fakes import make_photo


def make_stripes(height: int, width: int) -> np.ndarray:
    """Slanted stripes of a period of 12 pixels, which go on everywhere."""
    rows, columns = np.mgrid[:height, :width]
    wave = np.sin((rows + 2 * columns) * 2 * np.pi / 12)
    colours = np.array([90, 60, 30]) * wave[..., np.newaxis] + np.array([120, 130, 90])
    return np.round(colours).astype(np.uint8)


def make_hole(height: int, width: int, radius: int) -> np.ndarray:
    hole = np.zeros((height, width), np.uint8)
    cv2.circle(hole, (width // 2, height // 2 + 3), radius, 1, -1)
    return hole > 0


def blur_hole(image: np.ndarray, hole: np.ndarray, deviation: float) -> np.ndarray:
    """What a network leaves: the truth, blurred."""
    blurred = cv2.GaussianBlur(image, (0, 0), deviation)
    return np.where(hole[..., np.newaxis], blurred, image)


@pytest.mark.usefixtures("all_of_it")
@pytest.mark.parametrize("radius", [20, 45, 90])
def test_a_texture_that_a_blur_took_comes_back(radius):
    image = make_stripes(4 * radius, 4 * radius + 7)
    hole = make_hole(*image.shape[:2], radius)
    soft = blur_hole(image, hole, 8)
    result = add_texture(soft, hole, ~hole, 1.0).image
    assert gradient_energy_ratio(image, soft, hole) < 0.1
    assert gradient_energy_ratio(image, result, hole) > 0.8
    assert hole_psnr(image, result, hole) > hole_psnr(image, soft, hole) + 1
    assert (result[~hole] == image[~hole]).all()


def test_what_is_not_known_is_not_copied():
    noise = np.random.default_rng(0).integers(0, 60, (200, 200, 3), dtype=np.uint8)
    image = make_stripes(200, 200) + noise  # no two places are alike
    hole = make_hole(200, 200, 30)
    known = ~hole
    known[:, :60] = False
    soft = blur_hole(image, hole, 8)
    wild = soft.copy()
    wild[:, :50] = 255 - wild[:, :50]
    result, other = (
        add_texture(pixels, hole, known, 1.0).image for pixels in (soft, wild)
    )
    assert (result[hole] == other[hole]).all()
    assert (other[:, :50] == wild[:, :50]).all()


@pytest.mark.usefixtures("all_of_it")
def test_the_amount_lies_between_none_and_all():
    image = make_stripes(160, 160)
    hole = make_hole(160, 160, 30)
    soft = blur_hole(image, hole, 8)
    none, half, whole = (
        add_texture(soft, hole, ~hole, amount).image.astype(int)
        for amount in (0, 0.5, 1)
    )
    assert (none == soft).all()
    assert np.abs(half - (none + whole) / 2).max() <= 1
    assert np.abs(whole - none)[hole].mean() > 10


def test_the_seam_is_taken_out():
    image = make_stripes(200, 200)
    hole = make_hole(200, 200, 40)
    # Everything known beside the hole is darker than what surrounds it.
    image[:, :40] //= 2
    image[:, 160:] //= 2
    soft = blur_hole(image, hole, 8)
    rim = hole ^ (cv2.erode(hole.astype(np.uint8), np.ones((3, 3))) > 0)
    outer = (cv2.dilate(hole.astype(np.uint8), np.ones((3, 3))) > 0) ^ hole
    result = add_texture(soft, hole, ~hole, 1.0).image
    assert abs(result[rim].mean() - image[outer].mean()) < 5


def test_a_large_hole_keeps_its_fill():
    """Where less than 0.65 is known, and more of the texture up to 0.75."""
    image = make_stripes(200, 200)
    hole = make_hole(200, 200, 40)
    soft = blur_hole(image, hole, 8)
    change = []
    for width in (172, 140, 160, 166, 200):
        known = ~hole
        known[:, width:] = False
        result = add_texture(soft, hole, known, 1.0).image.astype(int)
        change.append((known.mean(), np.abs(result - soft)[hole].mean()))
    (_, some), (least, none), (_, little), (_, more), (_, whole) = change
    assert least < 0.65
    assert none == 0
    assert 0 < little < more < some < whole


def test_the_weight_rises_with_what_is_known():
    weights = [weigh_texture(np.full((9, 9), k)) for k in (0.2, 0.65, 0.7, 0.75, 1)]
    assert weights == pytest.approx([0, 0, 0.5, 1, 1])


@pytest.mark.parametrize("corner", [(0, 0), (31, 57), (150, 281)])
def test_texture_comes_from_near_a_small_hole(corner):
    """The rest of the window, and other parts of the hole, are not looked at."""
    image = np.full((160, 300, 3), 200, np.uint8)
    top, left = corner
    near = np.s_[max(0, top - 32) : top + 41, max(0, left - 32) : left + 41]
    image[near] = make_stripes(160, 300)[near]
    hole = np.zeros((160, 300), bool)
    hole[top : top + 9, left : left + 9] = True
    soft = blur_hole(image, hole, 4)
    painted = add_texture(soft, hole, ~hole, 1.0)
    there = painted.offsets[hole]
    assert there.any(1).all()
    assert np.abs(there).max() <= 41
    elsewhere = np.ones(hole.shape, bool)
    elsewhere[near] = False
    other = np.where(elsewhere[..., np.newaxis], 0, soft).astype(np.uint8)
    both = hole.copy()
    both[80:90, 150:160] = True
    again = add_texture(other, both, ~both, 1.0).image
    np.testing.assert_array_equal(again[hole], painted.image[hole])


def test_where_nothing_can_be_copied_nothing_changes():
    image = make_photo(1, 40, 40)
    hole = np.zeros((40, 40), bool)
    hole[3:37, 3:37] = True
    known = ~hole
    assert paint_hole(image, hole, known) is None
    assert (add_texture(image, hole, known, 1.0).image == image).all()


def test_offsets_lead_to_what_was_copied():
    image = make_stripes(160, 160)
    hole = make_hole(160, 160, 70)
    painted = paint_hole(blur_hole(image, hole, 8), hole, ~hole)
    rows, columns = np.argwhere(hole).T
    there = painted.offsets[rows, columns]
    copied = image[rows + there[:, 0], columns + there[:, 1]]
    assert ~hole[rows + there[:, 0], columns + there[:, 1]].any()
    assert np.abs(copied.astype(int) - painted.image[hole]).mean() < 8


@pytest.mark.usefixtures("all_of_it")
def test_a_large_hole_is_painted_in_bounded_rounds(monkeypatch):
    image = make_stripes(400, 400)
    hole = make_hole(400, 400, 100)
    soft = blur_hole(image, hole, 8)
    mended = []
    propagate_offsets = synthesis.propagate_offsets

    def watch(scale, *arguments):
        mended.append(np.count_nonzero(scale.cells))
        return propagate_offsets(scale, *arguments)

    monkeypatch.setattr(synthesis, "propagate_offsets", watch)
    add_texture(soft, hole, ~hole, 1.0)
    monkeypatch.setattr(synthesis, "_MOST", max(mended) - 1)
    counts, mended[:] = mended[:], []
    result = add_texture(soft, hole, ~hole, 1.0).image
    assert max(mended) < max(counts)
    assert gradient_energy_ratio(image, result, hole) > 0.5


@settings(deadline=None, max_examples=40)
@given(
    st.integers(9, 90),
    st.integers(9, 90),
    st.floats(0, 1),
    st.integers(0, 2**32 - 1),
)
def test_any_window_is_painted_in_the_hole_alone(height, width, amount, seed):
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    hole = np.zeros((height, width), bool)
    top, left = rng.integers(0, (height, width))
    bottom, right = rng.integers((top + 1, left + 1), (height + 1, width + 1))
    hole[top:bottom, left:right] = True
    known = ~hole & (rng.random((height, width)) > rng.choice([0, 0.001, 0.1]))
    before = image.copy()
    result = add_texture(image, hole, known, amount).image
    assert result.shape == image.shape
    assert result.dtype == np.uint8
    assert (result[~hole] == image[~hole]).all()
    assert (image == before).all()
    assert (result == add_texture(image, hole, known, amount).image).all()
