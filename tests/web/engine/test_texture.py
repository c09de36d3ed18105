"""The engine's texture is worth what Python's is."""

import cv2
import numpy as np
import pytest

from ce_tf.erasing.blending import grow_hole
from ce_tf.erasing.sharpening import AMOUNT, MEAN
from ce_tf.metrics import gradient_energy_ratio, hole_psnr
from ce_tf.perceptual.distance import PerceptualDistance
from tests.web.engine.cases import box, ellipse, make_cases, read
from tests.web.engine.page_engine import FLOAT16, float16_eraser

NAMES = (
    *("astronaut", "brick", "camera", "chelsea", "coffee", "grass", "gravel"),
    *("ihc", "moon", "motorcycle_left", "retina", "rocket", "page", "banner"),
)
CASES = [case for case in make_cases() if case.name in NAMES]


@pytest.fixture(scope="module")
def pairs(engine, assets) -> list[tuple[np.ndarray, ...]]:
    """Photo, hole, and what both engines make of them."""
    eraser, rows = float16_eraser(assets), []
    for case in CASES:
        options = {"model": FLOAT16} | case.options
        answer = engine.erase(case.image, case.mask, options=options)
        python = eraser.erase(case.image, case.mask, **case.options)
        hole = (case.mask > 0).astype(np.uint8)
        rows.append((case.image, hole, answer["completed"][..., :3], python))
    return rows


def cut(pixels: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """The hole's box and what a network sees of its surroundings."""
    left, top, width, height = cv2.boundingRect(hole)
    rows = slice(max(0, top - 32), top + height + 32)
    return np.ascontiguousarray(pixels[rows, max(0, left - 32) : left + width + 32])


@pytest.mark.parametrize(
    ("measure", "bound"),
    [
        pytest.param(lambda: hole_psnr, 0.1, id="PSNR in dB"),
        pytest.param(PerceptualDistance, 0.01, id="perceptual distance"),
        pytest.param(lambda: gradient_energy_ratio, 0.02, id="gradient energy"),
    ],
)
def test_the_same_quality_as_python(pairs, measure, bound):
    """Means over all; a match that is as good as another moves single pictures."""
    assert len(pairs) == len(NAMES)
    score = measure()
    scores = []
    for image, hole, *both in pairs:
        photo, mask = cut(image, hole), cut(hole, hole)
        scores.append([score(photo, cut(completed, hole), mask) for completed in both])
    ours, python = np.mean(scores, 0)
    assert abs(ours - python) <= bound


def test_texture_stays_in_the_hole(pairs):
    for case, (image, hole, completed, _) in zip(CASES, pairs, strict=True):
        kept = grow_hole(hole, case.options.get("grow", 0)) == 0
        assert (completed[kept] == image[kept]).all()


def test_the_amount_lies_between_none_and_all(engine):
    photo = read("coffee.png", 200, 300)
    mask = ellipse(photo, 150, 100, 40, 30)
    none, half, full = (
        engine.erase(photo, mask, options={"detail": detail})["completed"].astype(int)
        for detail in (0, 0.5, 1)
    )
    assert (none != full).any()
    off = np.abs(half - (none + full) / 2).max(-1)
    # Half a level each time that one of them is rounded; for `none` and `full` half of
    # that. Where texture is mixed in, so of `half` and `full`, sharpening makes 1.26
    # times as much of it; all are at the end, and at the rim, where the photo goes on
    # into the hole, once more. What was copied is sharpened less, and that is no
    # straight line: against their mean `half` lacks at most 3/8 of what `none` got, and
    # has at most 5/8 that `full` did not get.
    soft, sharp = (find_detail(completed) for completed in (none, full))
    off -= AMOUNT / 2 * (3 / 8 * soft + 5 / 8 * sharp)
    assert off[cv2.erode(mask, np.ones((9, 9))) > 0].max() <= 0.75 * 1.26 + 1
    assert off.max() <= 0.75 * 1.26 + 2


def find_detail(image: np.ndarray) -> np.ndarray:
    """What sharpening takes a part of, float32 [H, W]: the most of the channels."""
    pixels = image.astype(np.float32)
    return np.abs(pixels - cv2.sepFilter2D(pixels, -1, MEAN, MEAN)).max(-1)


def test_where_nothing_can_be_copied_the_fill_stays(engine):
    photo = read("coffee.png", 9, 9)
    mask = box(photo, 3, 3, 3, 3)
    none, full = (
        engine.erase(photo, mask, options={"detail": detail})["completed"]
        for detail in (0, 1)
    )
    assert (none == full).all()


def test_texture_can_be_cancelled(engine):
    """Between the scales: the finest has three quarters of the work."""
    photo = read("coffee.png")
    mask = ellipse(photo, 250, 200, 120, 100)
    answer = engine.erase(photo, mask, cancelAt=0.1)
    assert answer["code"] == "cancelled"
    assert max(answer["progress"]) < 0.5
