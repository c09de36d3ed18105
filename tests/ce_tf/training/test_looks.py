"""A step of `--look_twice` looks as the eraser does, and back."""

import numpy as np
import pytest
import tensorflow as tf

from ce_tf.completion.masking import denormalize, fill_hole, normalize
from ce_tf.completion.runtimes import Runtime
from ce_tf.erasing.looks import fill_view
from ce_tf.erasing.view import View
from ce_tf.erasing.window import Window
from ce_tf.training.looks import look_twice
from tests.fakes import make_photo

SIZE = 64
# Left, top, width and height of holes; the first's closer look is enlarged twice, the
# second's four thirds, the last one's not at all.
BOXES = [(5, 40, 22, 16), (12, 8, 30, 36), (3, 2, 60, 50)]


class Noting(Runtime):
    """Notes what the eraser shows to a network."""

    size = SIZE

    def __init__(self):
        super().__init__()
        self.seen: list[tuple[np.ndarray, np.ndarray]] = []

    def run(self, image, mask):
        self.seen.append((image, mask))
        return image


def make_batch(*photos: np.ndarray) -> tuple[tf.Tensor, tf.Tensor]:
    """Images and masks: one photo with each hole, or a photo for each."""
    mask = np.zeros((len(BOXES), SIZE, SIZE, 1), np.float32)
    for hole, (left, top, width, height) in zip(mask, BOXES, strict=True):
        hole[top : top + height, left : left + width] = 1
    images = np.broadcast_to(np.stack(photos), (len(BOXES), SIZE, SIZE, 3))
    return normalize(images), tf.constant(mask)


def show(photo: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a generator is shown of a photo with each hole: images and masks."""
    shown = []

    def generator(inputs, training):
        assert training
        shown.append(inputs)
        return inputs["image"]

    image, mask = make_batch(photo)
    look_twice(generator, fill_hole(image, mask), mask, None)
    (inputs,) = shown
    return denormalize(inputs["image"]).numpy(), inputs["mask"].numpy()


@pytest.mark.parametrize("number", range(len(BOXES)))
def test_the_network_is_shown_what_the_eraser_shows(number):
    photo = make_photo(number, SIZE, SIZE)
    images, masks = show(photo)
    _, mask = make_batch(photo)
    own = mask[number, ..., 0].numpy() > 0
    runtime = Noting()
    known = (~own).astype(np.uint8)
    fill_view(runtime, View(Window(0, 0, SIZE, SIZE, SIZE), photo, known, own))
    first, _, closest, _ = runtime.seen  # of the eraser's looks a step has two
    for look, (image, hole) in enumerate((first, closest)):
        found = masks[number + look * len(BOXES)]
        np.testing.assert_array_equal(found, hole)
        kept = hole[..., 0] == 0
        assert 0.1 < kept.mean() < 0.95
        seen = images[number + look * len(BOXES)].astype(int)
        assert np.abs(seen - image)[kept].max() <= 1


def test_what_the_hole_hides_is_not_seen():
    """Nor is what a step gave the hole as its colour."""
    image, mask = make_batch(*[make_photo(seed, SIZE, SIZE) for seed in range(3)])
    shown = []

    def generator(inputs, training):
        shown.append(inputs["image"][len(BOXES) :])
        return inputs["image"]

    for color in (-1.0, 0.7):
        masked = fill_hole(image, mask, tf.fill([3], color))
        look_twice(generator, masked, mask, None)
    np.testing.assert_array_equal(*shown)


def test_the_second_look_comes_back_to_its_place():
    """A slope, of 0.01 to 0.02 a pixel, is kept to a twentieth of that."""
    line = np.linspace(-0.9, 0.9, SIZE, dtype=np.float32)
    across, down = np.meshgrid(line, line)
    slope = np.broadcast_to((0.3 * across + 0.7 * down)[..., None], (SIZE, SIZE, 3))
    _, mask = make_batch(make_photo(0, SIZE, SIZE))
    flat = tf.constant(np.stack([slope] * len(BOXES)))

    def generator(inputs, training):
        first, second = tf.split(inputs["image"], 2)
        return tf.concat([tf.zeros_like(first), 2 * second], 0)

    # So little hole that all of the slope is seen, and the closer look has its place.
    fake = look_twice(generator, flat, 1e-6 * mask, None).numpy()
    for found, wanted, (left, top, width, height) in zip(
        fake, flat.numpy(), BOXES, strict=True
    ):
        box = np.s_[top : top + height, left : left + width]
        np.testing.assert_allclose(found[box], wanted[box], atol=5e-4)


def test_both_looks_learn_from_the_mean():
    image, mask = make_batch(*[make_photo(seed, SIZE, SIZE) for seed in range(3)])
    level = tf.Variable([0.2, -0.4])

    def generator(inputs, training):
        levels = tf.repeat(level, len(BOXES))[:, None, None, None]
        return tf.ones_like(inputs["image"]) * levels

    with tf.GradientTape() as tape:
        fake = look_twice(generator, fill_hole(image, mask), mask, None)
        total = tf.reduce_sum(fake * mask)
    inside = mask.numpy() > 0
    np.testing.assert_allclose(fake.numpy()[np.repeat(inside, 3, -1)], -0.1, atol=1e-6)
    pixels = 3 * inside.sum()
    np.testing.assert_allclose(
        tape.gradient(total, level), [pixels / 2, pixels / 2], rtol=1e-5
    )
