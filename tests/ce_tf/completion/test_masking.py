import numpy as np
import pytest
import tensorflow as tf

from ce_tf.completion import masking
from ce_tf.completion.composition import complete


def make_masks() -> np.ndarray:
    """Holes inside, at each border, in a corner, none, and everywhere."""
    masks = np.zeros((8, 24, 32, 1), np.float32)
    masks[0, 5:9, 6:14] = 1
    masks[0, 9, 6] = 1  # no symmetry, so that a flip shows
    masks[1, :6, 10:15] = 1
    masks[2, 20:, 3:9] = 1
    masks[3, 8:12, :5] = 1
    masks[4, 8:12, 30:] = 1
    masks[5, :4, :4] = 1
    masks[7] = 1
    return masks


def make_draws(seed: int, count: int = 8) -> np.ndarray:
    return np.random.default_rng(seed).random((count, 4), dtype=np.float32)


def test_normalize_and_back_keeps_every_byte():
    levels = tf.range(256)
    floats = masking.normalize(levels)
    assert floats.dtype == tf.float32
    assert (floats.numpy()[[0, 255]] == [-1, 1]).all()
    assert (masking.denormalize(floats).numpy() == np.arange(256)).all()


def test_denormalize_cuts_what_is_beyond():
    assert (masking.denormalize(tf.constant([-9.0, 9.0])).numpy() == [0, 255]).all()


def test_fill_is_the_mean_of_the_visible_pixels_alone():
    image = np.random.default_rng(0).uniform(-1, 1, (8, 24, 32, 3)).astype(np.float32)
    mask = make_masks()
    filled = masking.fill_hole(image, mask).numpy()
    for i in range(7):
        hole = mask[i, ..., 0] == 1
        expected = image[i][~hole].mean(0)
        np.testing.assert_allclose(
            filled[i][hole], np.broadcast_to(expected, (hole.sum(), 3)), atol=1e-6
        )
        assert (filled[i][~hole] == image[i][~hole]).all()
    assert (filled[7] == 0).all()  # nothing visible: mid-grey


def test_fill_does_not_tell_what_is_hidden():
    mask = make_masks()
    image = np.random.default_rng(0).uniform(-1, 1, (8, 24, 32, 3)).astype(np.float32)
    other = np.where(mask == 1, -image, image)
    assert (
        (masking.fill_hole(image, mask) == masking.fill_hole(other, mask)).numpy().all()
    )


def test_fill_takes_a_given_colour():
    color = tf.constant([-0.5, 0.25, 1.0])
    mask = make_masks()
    filled = masking.fill_hole(tf.zeros([8, 24, 32, 3]), mask, color).numpy()
    assert (filled[mask[..., 0] == 1] == color.numpy()).all()


def test_complete_keeps_the_outside_to_the_bit():
    image, fake = np.random.default_rng(0).uniform(-1, 1, (2, 8, 24, 32, 3))
    image, fake = image.astype(np.float32), fake.astype(np.float32)
    mask = make_masks()
    completed = complete(image, mask, tf.constant(fake)).numpy()
    hole = np.broadcast_to(mask == 1, image.shape)
    assert (completed[~hole] == image[~hole]).all()
    assert (completed[hole] == fake[hole]).all()


@pytest.mark.parametrize("seed", range(8))
def test_varied_masks_keep_their_hole_whole(seed):
    masks = make_masks()
    varied = masking.vary_masks(masks, make_draws(seed)).numpy()
    assert set(np.unique(varied)) <= {0, 1}
    for before, after in zip(masks[..., 0], varied[..., 0], strict=True):
        assert _shapes(before) & {after[_box(after)].tobytes()} or not before.any()
        assert after.sum() == before.sum()


def _box(mask: np.ndarray) -> tuple[slice, slice]:
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    if not rows.size:
        return slice(0), slice(0)
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _shapes(mask: np.ndarray) -> set[bytes]:
    """The hole as it is and in its three flips."""
    hole = mask[_box(mask)]
    flips = hole, hole[::-1], hole[:, ::-1], hole[::-1, ::-1]
    return {np.ascontiguousarray(flip).tobytes() for flip in flips}


def test_holes_at_a_border_stay_at_a_border():
    for seed in range(8):
        varied = masking.vary_masks(make_masks(), make_draws(seed)).numpy()[..., 0]
        for i in (1, 2):
            assert varied[i, [0, -1]].any()
        for i in (3, 4):
            assert varied[i][:, [0, -1]].any()


def test_varied_masks_go_everywhere_and_flip():
    masks = np.repeat(make_masks()[:1], 3000, axis=0)
    varied = masking.vary_masks(masks, make_draws(0, 3000)).numpy()[..., 0]
    assert varied.any(0).all()  # every pixel is hole at some time
    forms = {mask[_box(mask)].tobytes() for mask in varied}
    assert len(forms) == 4


def test_prepare_batch_takes_any_non_zero_byte_as_hole():
    image = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    mask = np.zeros((2, 8, 8, 1), np.uint8)
    mask[0, 2:4, 2:4], mask[1, 2:4, 2:4] = 1, 255
    normal, hole, masked = masking.prepare_batch(image, mask, None, None)
    assert (hole.numpy() == (mask > 0)).all()
    assert (masking.denormalize(normal).numpy() == image).all()
    assert (
        masked.numpy()[mask[..., 0] == 0] == normal.numpy()[mask[..., 0] == 0]
    ).all()
