"""Two guesses as one: the coarse of both, and the detail of who has it."""

import numpy as np
import pytest
import tensorflow as tf

from ce_tf.erasing.fusion import fuse
from ce_tf.exporting import fusion
from tests.fakes import make_photo

SHAPE = 40, 50


def make_pair() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A photo, and two guesses at it: one has grain on the left, one on the right."""
    photo = make_photo(0, *SHAPE).clip(60, 195)
    grain = np.random.default_rng(1).normal(0, 20, photo.shape)
    left = np.arange(SHAPE[1])[:, np.newaxis] < SHAPE[1] // 2
    guesses = (photo + np.where(side, grain, 0) for side in (left, ~left))
    first, second = (np.round(g).clip(0, 255).astype(np.uint8) for g in guesses)
    return photo, first, second


def smooth(pixels: np.ndarray) -> np.ndarray:
    """Means of 7x7, the nearest pixel beyond the border."""
    padded = np.pad(pixels.astype(float), ((3, 3), (3, 3), (0, 0)), "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (7, 7), (0, 1))
    return windows.mean((-2, -1))


def test_it_is_the_formula():
    _, first, second = make_pair()
    detail, other = (pixels - smooth(pixels) for pixels in (first, second))
    strength, rival = (np.abs(d).sum(-1, keepdims=True) for d in (detail, other))
    share = (strength - rival) / (strength + rival + 3) / 2
    both = first.astype(float) + second
    expected = (both + share * (detail - other)) / 2
    found = fuse(first, second)
    assert found.dtype == np.uint8
    assert np.abs(found - expected.clip(0, 255)).max() <= 0.5 + 1e-3


def test_the_graph_does_the_same():
    """Up to halves, which its means miss by a millionth."""
    _, first, second = make_pair()
    guesses = (tf.constant(pixels, tf.float32) for pixels in (first, second))
    found = fusion.fuse(*guesses).numpy()
    difference = np.abs(found - fuse(first, second))
    assert difference.max() <= 1
    assert difference.mean() < 0.01


def test_guesses_that_agree_stay():
    photo = make_photo(2, *SHAPE)
    np.testing.assert_array_equal(fuse(photo, photo), photo)


def test_neither_guess_is_preferred():
    _, first, second = make_pair()
    np.testing.assert_array_equal(fuse(first, second), fuse(second, first))


@pytest.mark.parametrize("columns", [slice(4, 21), slice(29, 46)])
def test_grain_that_one_has_stays(columns):
    """Of the mean's energy a quarter is left; and the coarse is that of both."""
    photo, first, second = make_pair()
    grainy = first if columns.start < 25 else second
    fused = fuse(first, second)
    mean = (first.astype(float) + second) / 2

    def energy(pixels: np.ndarray) -> float:
        return float(np.square(pixels - photo.astype(float))[:, columns].mean())

    assert energy(mean) < 0.27 * energy(grainy)
    assert energy(fused) > 0.4 * energy(grainy)
    difference = smooth(fused) - smooth(mean)
    assert np.abs(difference[:, columns]).mean() < 2
