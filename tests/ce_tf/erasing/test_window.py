import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ce_tf.erasing.window import Window, place_window


def find_window(mask: np.ndarray, size: int) -> Window:
    return place_window(cv2.boundingRect(mask), int(mask.sum()), mask.shape, size)


@st.composite
def masks(draw) -> np.ndarray:
    height, width = draw(st.integers(2, 90)), draw(st.integers(2, 90))
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    bottom = draw(st.integers(top + 1, height))
    right = draw(st.integers(left + 1, width))
    mask = np.zeros((height, width), np.uint8)
    mask[top:bottom, left:right] = 1
    return mask


@settings(deadline=None, max_examples=200)
@given(masks(), st.sampled_from([8, 32, 128]))
def test_a_window_contains_its_hole(mask, size):
    window = find_window(mask, size)
    left, top, width, height = cv2.boundingRect(mask)
    assert window.top <= top
    assert window.left <= left
    assert top + height <= window.top + window.side
    assert left + width <= window.left + window.side
    if max(width, height) < min(mask.shape):
        assert window.top >= 0
        assert window.left >= 0
        assert window.top + window.side <= mask.shape[0]
        assert window.left + window.side <= mask.shape[1]


@settings(deadline=None, max_examples=200)
@given(masks(), st.sampled_from([8, 32, 128]))
def test_crop_undoes_cut(mask, size):
    image = np.random.default_rng(0).integers(0, 256, (*mask.shape, 3), dtype=np.uint8)
    window = find_window(mask, size)
    part = window.cut(image)
    assert part.shape == (window.side, window.side, 3)
    assert window.inside(image).shape == (*window.shape, 3)
    assert (window.crop(part) == window.inside(image)).all()


def test_a_hole_is_a_quarter_of_its_window_at_most():
    mask = np.zeros((600, 800), np.uint8)
    mask[200:350, 300:400] = 1
    window = find_window(mask, 128)
    assert window.side == 300
    assert (window.top, window.left) == (125, 200)  # centred


def test_a_small_hole_is_not_magnified():
    mask = np.zeros((600, 800), np.uint8)
    mask[0:5, 790:800] = 1
    window = find_window(mask, 128)
    assert (window.top, window.left, window.side) == (0, 672, 128)
