"""Guesses as one: the coarse of all, and the detail of who has it."""

import cv2
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


def make_hole() -> np.ndarray:
    """uint8 [40, 50], 1 = hole: a disc to the picture's left border."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return ((rows - 20) ** 2 + (columns - 18) ** 2 < 19**2).astype(np.uint8)


def find_detail(pixels: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Differences to means of the hole's pixels in 7x7, the nearest beyond the end."""

    def add_up(pixels: np.ndarray) -> np.ndarray:
        padded = np.pad(pixels.astype(float), ((3, 3), (3, 3), (0, 0)), "edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, (7, 7), (0, 1))
        return windows.sum((-2, -1))

    inside = hole[..., np.newaxis]
    return pixels - add_up(pixels * inside) / np.maximum(add_up(inside), 1)


def make_guesses(number: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """A photo and guesses at it: two with grain on one side, others with less of it."""
    photo, first, second = make_pair()
    rng = np.random.default_rng(2)
    others = [
        (photo + rng.normal(4 * extra, 8, photo.shape)).round().clip(0, 255)
        for extra in range(number - 2)
    ]
    return photo, [first, second, *(other.astype(np.uint8) for other in others)]


@pytest.mark.parametrize("number", [2, 3, 4])
def test_it_is_the_formula(number):
    photo, guesses = make_guesses(number)
    hole = make_hole()
    details = np.stack([find_detail(guess, hole) for guess in guesses])
    strengths = np.abs(details).sum(-1, keepdims=True)
    shares = (strengths + 3 / number) / (strengths.sum(0) + 3)
    mean = np.mean([guess.astype(float) for guess in guesses], 0)
    around = photo[hole == 0]
    least, most = np.minimum(mean, around.min(0)), np.maximum(mean, around.max(0))
    expected = mean - details.mean(0) + (shares * details).sum(0)
    found = fuse(guesses, photo, 1 - hole)
    assert found.dtype == np.uint8
    inside = hole > 0
    off = np.abs(found - expected.clip(least, most))[inside]
    assert off.max() <= 0.5 + 1e-3
    np.testing.assert_array_equal(found[~inside], photo[~inside])


def test_the_graph_does_the_same():
    """Up to halves, which its means miss by a millionth."""
    photo, guesses = make_guesses(4)
    hole = make_hole()
    *tensors, seen = (tf.constant(each, tf.float32) for each in (*guesses, photo))
    mask = tf.constant(hole[..., np.newaxis], tf.float32)
    found = fusion.fuse(tensors, seen, mask).numpy()
    difference = np.abs(found - fuse(guesses, photo, 1 - hole))
    assert difference.max() <= 1
    assert difference.mean() < 0.01


def test_guesses_that_agree_stay():
    photo, guess = make_photo(2, *SHAPE), make_photo(3, *SHAPE)
    hole = make_hole()
    expected = np.where(hole[..., np.newaxis] > 0, guess, photo)
    np.testing.assert_array_equal(fuse([guess] * 4, photo, 1 - hole), expected)


def test_neither_guess_is_preferred():
    photo, guesses = make_guesses(2)
    known = 1 - make_hole()
    one, other = (fuse(each, photo, known) for each in (guesses, guesses[::-1]))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("columns", [slice(4, 21), slice(29, 46)])
def test_grain_that_one_has_stays(columns):
    """Of the mean's energy a quarter is left; and the coarse is that of both."""
    photo, first, second = make_pair()
    grainy = first if columns.start < 25 else second
    known = np.zeros(SHAPE, np.uint8)
    known[0, :2] = 1
    photo[0, :2] = [0] * 3, [255] * 3  # so that no colour is out of range
    fused = fuse([first, second], photo, known)
    mean = (first.astype(float) + second) / 2

    def energy(pixels: np.ndarray) -> float:
        return float(np.square(pixels - photo.astype(float))[4:, columns].mean())

    assert energy(mean) < 0.27 * energy(grainy)
    assert energy(fused) > 0.6 * energy(grainy)
    coarse = cv2.blur(fused - mean, (7, 7))
    assert np.abs(coarse[4:, columns]).mean() < 2


def test_what_one_invents_is_no_colour_that_none_has():
    """A dark spot in one guess, in a photo of bright grain."""
    rng = np.random.default_rng(4)
    photo = rng.integers(90, 150, (*SHAPE, 3)).astype(np.uint8)
    known = 1 - make_hole()
    first, second = photo.copy(), photo.copy()
    first[18:22, 16:20] = 0
    fused = fuse([first, second], photo, known)
    mean = (first.astype(int) + second + 1) // 2
    assert (fused >= np.minimum(mean, photo[known > 0].min(0))).all()
    photo[0, -1] = 0  # where black is known too, it may be
    darker = fuse([first, second], photo, known)[18:22, 16:20]
    assert darker.mean() < fused[18:22, 16:20].mean() - 15


def test_a_step_at_the_rim_is_no_detail():
    """Of two even guesses the one whose colour is further from the photo's counts no
    more: the mean of both, to the rim."""
    photo = np.full((*SHAPE, 3), 120, np.uint8)
    hole = make_hole()
    fused = fuse([photo - 4, photo - 90], photo, 1 - hole)
    np.testing.assert_array_equal(fused[hole > 0], 120 - 47)
