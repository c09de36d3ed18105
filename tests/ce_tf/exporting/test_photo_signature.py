"""The graph that erases from one photo does what the eraser does with OpenCV."""

import cv2
import numpy as np
import pytest
import tensorflow as tf

from ce_tf.completion.runtimes import load_runtimes
from ce_tf.erasing import blending
from ce_tf.erasing.eraser import Eraser
from ce_tf.erasing.window import place_window
from ce_tf.exporting import membrane, resampling, window_graph
from ce_tf.exporting.photo_check import (
    MAX_LEVELS,
    MEAN_LEVELS,
    check_photo_signatures,
)
from ce_tf.exporting.photo_signature import make_photo_erase
from tests.fakes import make_photo, real_photo


@pytest.fixture(scope="module")
def saved_model(export_of):
    return export_of("saved_model")


@pytest.fixture(scope="module")
def erase(saved_model):
    model = tf.saved_model.load(str(saved_model))

    def run(image, mask, model=model):
        outputs = model.signatures["erase"](
            image=tf.constant(image), mask=tf.constant(mask[..., np.newaxis])
        )
        return outputs["image"].numpy()

    return run


@pytest.fixture(scope="module")
def eraser(saved_model):
    return Eraser(saved_model)


def blob(height, width, box):
    """An ellipse in a box: top, left, height, width."""
    top, left, box_height, box_width = box
    mask = np.zeros((height, width), np.uint8)
    middle = (left + box_width // 2, top + box_height // 2)
    cv2.ellipse(mask, middle, (box_width // 2, box_height // 2), 0, 0, 360, 255, -1)
    return mask


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        ((200, 300), (50, 60, 70, 40)),
        ((700, 500), (100, 80, 300, 200)),  # scaled down
        ((700, 500), (0, 0, 260, 260)),  # at a corner
        ((500, 700), (300, 480, 199, 219)),  # at the other
        ((90, 60), (20, 20, 30, 20)),  # scaled up
        ((100, 400), (10, 30, 85, 330)),  # mirrored, and most of it hole
        ((300, 300), (20, 20, 250, 250)),  # most of it hole
        ((20, 500), (3, 200, 14, 80)),
        ((3, 300), (1, 20, 1, 40)),
        ((1, 9), (0, 4, 1, 1)),
    ],
)
def test_it_erases_as_the_eraser_does(erase, eraser, shape, box):
    image = real_photo(sum(shape), *shape)
    mask = blob(*shape, box)
    found = erase(image, mask)
    wanted = eraser.erase(image, mask, detail=0)
    hole = mask > 0
    assert (found[~hole] == image[~hole]).all()
    assert (found[hole] != image[hole]).any()
    difference = np.abs(found[hole].astype(int) - wanted[hole])
    assert difference.max() <= MAX_LEVELS
    assert difference.mean() <= MEAN_LEVELS


@pytest.mark.parametrize("seed", range(3))
def test_windows_are_placed_and_cut_by_the_same_rule(seed):
    rng = np.random.default_rng(seed)

    @tf.function(
        input_signature=[
            tf.TensorSpec([4], tf.int32),
            tf.TensorSpec([], tf.int32),
            tf.TensorSpec([None, None, 1]),
        ]
    )
    def place(box, pixels, photo):
        window = window_graph.place_window(tuple(tf.unstack(box)), pixels, photo, 32)
        cut = window.cut(photo)
        inside, back = window.inside(photo), window.crop(cut)
        return window.top, window.left, window.side, cut, inside, back

    for _ in range(200):
        height, width = (int(n) for n in rng.integers(1, 150, 2))
        box_height, box_width = (int(rng.integers(1, n + 1)) for n in (height, width))
        box = (
            int(rng.integers(0, width - box_width + 1)),
            int(rng.integers(0, height - box_height + 1)),
            box_width,
            box_height,
        )
        photo = rng.random((height, width, 1), np.float32)
        pixels = int(rng.integers(1, box_height * box_width + 1))
        wanted = place_window(box, pixels, (height, width), 32)
        top, left, side, cut, inside, back = place(
            tf.constant(box), tf.constant(pixels), tf.constant(photo)
        )
        assert (int(top), int(left), int(side)) == (
            wanted.top,
            wanted.left,
            wanted.side,
        )
        assert (cut.numpy() == wanted.cut(photo)).all()
        assert (inside.numpy() == wanted.inside(photo)).all()
        assert (back.numpy() == inside.numpy()).all()


def test_a_hole_has_the_box_that_opencv_finds():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        mask = (rng.random(rng.integers(1, 30, 2)) > 0.9).astype(np.uint8)
        mask[rng.integers(mask.shape[0]), rng.integers(mask.shape[1])] = 1
        box = window_graph.find_box(tf.constant(mask, tf.float32))
        assert tuple(int(n) for n in box) == cv2.boundingRect(mask)


@pytest.mark.parametrize(("source", "target"), [(70, 32), (64, 32), (33, 32), (7, 32)])
def test_squares_are_scaled_with_opencvs_numbers(source, target):
    photo = real_photo(source, source, source).astype(np.float32)
    sizes = tf.constant(source), tf.constant(target)
    for weights, way in (
        (resampling.shrink_weights, "area" if source > target else "linear"),
        (resampling.enlarge_weights, "area" if source > target else "cubic"),
    ):
        flag = getattr(cv2, f"INTER_{way.upper()}")
        wanted = cv2.resize(photo, (target, target), interpolation=flag)
        found = resampling.resample(tf.constant(photo), weights(*sizes))
        np.testing.assert_allclose(found, wanted, atol=0.02)


@pytest.mark.parametrize("shape", [(60, 81), (128, 64), (5, 4), (2, 30), (1, 7)])
@pytest.mark.parametrize("name", ["match_rim", "continue_rim"])
def test_the_fill_joins_as_with_opencv(shape, name):
    rng = np.random.default_rng(sum(shape))
    image = real_photo(1, *shape)
    hole = np.zeros(shape, bool)
    height, width = (max(1, n // 2) for n in shape)
    hole[shape[0] // 4 :, shape[1] // 4 :][:height, :width] = True
    fill = rng.integers(0, 256, image.shape, dtype=np.uint8)
    wanted = getattr(blending, name)(image, hole, fill)
    tensors = (tf.constant(a, tf.float32) for a in (image, hole[..., None], fill))
    found = getattr(membrane, name)(*tensors).numpy()
    assert np.abs(found[hole] - wanted[hole]).max() <= 1


@pytest.mark.parametrize(
    ("image", "mask", "words"),
    [
        ((8, 9), np.ones((9, 8)), "mask and image differ in height and width"),
        ((8, 9), np.zeros((8, 9)), "mask is all black"),
        ((8, 9), np.ones((8, 9)), "mask is all white"),
        ((1, 1), np.ones((1, 1)), "mask is all white"),
        ((1, 1), np.zeros((1, 1)), "mask is all black"),
    ],
)
def test_what_cannot_be_erased_is_named(erase, image, mask, words):
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        erase(make_photo(0, *image), mask.astype(np.uint8))
    # The graph lives on.
    mask = blob(40, 50, (10, 10, 9, 9))
    assert erase(make_photo(0, 40, 50), mask).shape == (40, 50, 3)


def test_a_signature_that_differs_is_found_out(saved_model, monkeypatch):
    image = make_photo(5, 128, 128)
    whole = Eraser.erase
    monkeypatch.setattr(
        Eraser, "erase", lambda *args, **options: whole(*args, **options) ^ np.uint8(8)
    )
    with pytest.raises(Exception, match="do not give what the eraser gives"):
        check_photo_signatures("saved_model", load_runtimes(saved_model), image)


def test_one_colour_stays_one_colour():
    """Scaling in bytes, as the eraser does, costs a level at most."""

    def grey(image, mask):
        return {"image": tf.where(mask > 0, tf.constant(128, tf.uint8), image)}

    image = np.full((90, 70, 3), 128, np.uint8)
    mask = blob(90, 70, (20, 20, 30, 30))[..., np.newaxis]
    found = make_photo_erase({32: grey})(tf.constant(image), tf.constant(mask))["image"]
    assert np.abs(found.numpy().astype(int) - 128).max() <= 1
