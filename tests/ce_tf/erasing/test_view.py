"""Windows too large to work on in full are shrunk, filled and enlarged again."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ce_tf.erasing import view
from ce_tf.erasing.eraser import Eraser
from ce_tf.erasing.regions import group_hole
from ce_tf.erasing.window import place_window
from ce_tf.metrics import hole_psnr
from tests.ce_tf.erasing.mean_runtime import MeanRuntime
from tests.fakes import make_photo, real_photo


@pytest.fixture
def shrunk(monkeypatch) -> None:
    """Windows of more than 100 pixels are large, and tiles are small."""
    monkeypatch.setattr(view, "LARGEST", 100)
    monkeypatch.setattr(view, "_TILE", 37)
    monkeypatch.setattr(view, "_BAND", 3000)


def look(image: np.ndarray, hole: np.ndarray) -> view.View:
    (region,) = group_hole(hole, 32)
    window = place_window(region.box, np.count_nonzero(hole), hole.shape, 32)
    return view.look(window, image, 1 - hole, region, hole)


def test_a_small_window_is_worked_on_as_it_is():
    image, hole = make_photo(1, 80, 90), np.zeros((80, 90), np.uint8)
    hole[30:50, 30:50] = 1
    seen = look(image, hole)
    assert np.shares_memory(seen.image, image)
    assert seen.window.side == 40
    np.testing.assert_array_equal(seen.own, seen.known == 0)
    assert seen.own.sum() == 400


def test_a_large_one_is_shrunk_by_the_means_of_what_is_known(shrunk):
    image, hole = real_photo(1, 400, 400), np.zeros((400, 400), np.uint8)
    hole[101:290, 106:300] = 1
    image[hole > 0] = 255  # which must be seen nowhere
    seen = look(image, hole)
    assert seen.image.shape == (100, 100, 3)
    assert seen.window.side == 100
    window = np.s_[1:389, 9:397]  # twice as long as the hole
    part, kept = (pixels[window].astype(float) for pixels in (image, 1 - hole))
    wanted = cv2.resize(
        part * kept[..., np.newaxis], (100, 100), interpolation=cv2.INTER_AREA
    )
    share = cv2.resize(kept, (100, 100), interpolation=cv2.INTER_AREA)
    some = share > 0.01
    wanted = wanted[some] / share[some][:, np.newaxis]
    assert np.abs(seen.image[some] - wanted).max() < 1
    np.testing.assert_array_equal(seen.known, share > 0.999)
    np.testing.assert_array_equal(seen.own, share < 0.999)


@pytest.mark.usefixtures("all_of_it")
def test_the_finest_detail_is_copied_from_the_full_photo(shrunk):
    """Grain of single pixels, of which shrinking leaves two fifths.

    What is copied, all of it.
    """
    rng = np.random.default_rng(0)
    image = np.clip(rng.normal(128, 40, (360, 360, 3)), 0, 255).astype(np.uint8)
    hole = np.zeros((360, 360), np.uint8)
    cv2.circle(hole, (180, 180), 60, 1, -1)
    inner = cv2.erode(hole, np.ones((9, 9))) > 0
    soft, sharp = (
        Eraser(MeanRuntime()).erase(image, hole, detail=detail)[inner].std()
        for detail in (0, 1)
    )
    assert soft < 10
    assert 0.6 < sharp / image[inner].std() < 1.2


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_hole_keeps_the_law(data):
    """The rest stays to the bit, and nothing of what lies in the hole is seen."""
    height, width = (data.draw(st.integers(2, 260)) for _ in range(2))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    hole = np.zeros((height, width), np.uint8)
    for _ in range(data.draw(st.integers(1, 3))):
        top, left = rng.integers(0, (height, width))
        bottom, right = rng.integers((top + 1, left + 1), (height + 1, width + 1))
        hole[top:bottom, left:right] = 1
    hole[rng.random(hole.shape) < data.draw(st.sampled_from([0, 0.01, 0.5]))] = 1
    hole[tuple(rng.integers(0, (height, width)))] = 0
    assume(hole.any())
    options = {"grow": 0, "detail": data.draw(st.sampled_from([0, 1]))}
    options["feather"] = 0
    other = np.where(hole[..., np.newaxis] > 0, 255 - image, image)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(view, "LARGEST", 60)
        patch.setattr(view, "_TILE", 25)
        results = [
            Eraser(MeanRuntime()).erase(photo, hole, **options)
            for photo in (image, other)
        ]
    np.testing.assert_array_equal(*results)
    assert (results[0][hole == 0] == image[hole == 0]).all()


def test_tiles_and_bands_change_nothing(monkeypatch):
    image, hole = real_photo(2, 300, 450), np.zeros((300, 450), np.uint8)
    hole[60:220, 150:330] = 1
    monkeypatch.setattr(view, "LARGEST", 120)
    results = []
    for tile, band in ((1000, 1 << 20), (31, 2000)):
        monkeypatch.setattr(view, "_TILE", tile)
        monkeypatch.setattr(view, "_BAND", band)
        results.append(Eraser(MeanRuntime()).erase(image, hole, grow=3).astype(int))
    assert np.abs(results[0] - results[1]).max() <= 1


def test_a_shrunk_window_is_filled_as_well(monkeypatch):
    image, hole = real_photo(0, 400, 600), np.zeros((400, 600), np.uint8)
    cv2.circle(hole, (300, 200), 90, 1, -1)
    score = []
    for largest in (1000, 300):
        monkeypatch.setattr(view, "LARGEST", largest)
        score.append(hole_psnr(image, Eraser().erase(image, hole), hole))
    assert score[1] > score[0] - 0.5


@pytest.mark.parametrize("kind", ["solid", "frame", "specks"])
def test_any_hole_takes_the_same_memory(kind):
    """At most 400 MB beside the photo, its mask and the result."""
    program = "import sys; from benchmarks.memory import measure; "
    program += "print(measure(sys.argv[1], 3000, 4000)[1])"
    command = [sys.executable, "-c", program, kind]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 400
