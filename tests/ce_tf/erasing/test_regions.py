import cv2
import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ce_tf.completion.runtimes import Runtime
from ce_tf.erasing.eraser import Eraser
from ce_tf.erasing.regions import group_hole


class MeanRuntime(Runtime):
    """A network of side 32 that paints holes with the visible mean."""

    def __init__(self):
        super().__init__()
        self.size = 32
        self.areas = []

    def run(self, image, mask):
        assert image.shape == (32, 32, 3)
        assert (mask == 0).any()
        self.areas.append(mask.mean())
        return np.where(mask > 0, image[mask[..., 0] == 0].mean(0), image).astype(
            np.uint8
        )


@st.composite
def holes(draw) -> np.ndarray:
    height, width = draw(st.integers(3, 160)), draw(st.integers(3, 160))
    mask = np.zeros((height, width), np.uint8)
    for _ in range(draw(st.integers(1, 6))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        size = draw(st.integers(1, 60))
        mask[top : top + size, left : left + draw(st.integers(1, 60))] = 1
    mask[draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))] = 0
    mask[0, 0] = 0
    return mask


@settings(deadline=None, max_examples=100)
@given(holes())
def test_parts_are_the_hole_and_disjoint(mask):
    total = np.zeros_like(mask)
    for part in group_hole(mask, 32):
        own = np.zeros(mask.shape, bool)
        part.mark(own)
        assert cv2.boundingRect(own.astype(np.uint8)) == part.box
        assert part.mask.shape == part.box[:1:-1]
        total += own
    assert (total == mask).all()


@settings(deadline=None, max_examples=60)
@given(holes(), st.integers(0, 5), st.sampled_from([0.0, 1.0]))
def test_any_hole_of_any_photo_leaves_the_rest_to_the_bit(mask, grow, detail):
    if not mask.any():
        mask[-1, -1] = 1
    reach = np.ones((2 * grow + 1, 2 * grow + 1), np.uint8)
    grown = cv2.dilate(mask, reach)
    assume(not grown.all())
    image = np.random.default_rng(0).integers(0, 256, (*mask.shape, 3), dtype=np.uint8)
    before = image.copy()
    result = Eraser(MeanRuntime()).erase(image, mask, grow=grow, detail=detail)
    assert (image == before).all()
    assert (result[grown == 0] == image[grown == 0]).all()


def test_parts_far_apart_have_windows_of_their_own():
    mask = np.zeros((600, 800), np.uint8)
    mask[10:20, 10:20] = mask[22:30, 12:20] = mask[500:600, 700:800] = 1
    boxes = [part.box for part in group_hole(mask, 16)]
    assert boxes == [(12, 22, 8, 8), (10, 10, 10, 10), (700, 500, 100, 100)]
    boxes = [part.box for part in group_hole(mask, 128)]
    assert boxes == [(10, 10, 10, 20), (700, 500, 100, 100)]


def test_a_large_hole_is_filled_in_rounds():
    mask = np.zeros((100, 120), np.uint8)
    mask[1:99, 1:119] = 1
    runtime = MeanRuntime()
    image = np.full((100, 120, 3), 77, np.uint8)
    assert (Eraser(runtime).erase(image, mask) == 77).all()
    assert len(runtime.areas) > 2
    assert sorted(runtime.areas, reverse=True) == runtime.areas
    assert runtime.areas[0] > 0.5
    assert runtime.areas[-1] <= 0.25


def test_the_fill_meets_the_rim():
    image = np.zeros((200, 200, 3), np.uint8)
    image[:] = np.linspace(20, 220, 200)[:, np.newaxis].astype(np.uint8)
    mask = np.zeros((200, 200), np.uint8)
    mask[60:140, 60:140] = 1  # its mean is flat, the photo is not
    result = Eraser(MeanRuntime()).erase(image, mask, detail=0).astype(int)
    for inner, outer in ((60, 59), (139, 140)):
        assert np.abs(result[inner] - result[outer])[62:138].mean() < 4
