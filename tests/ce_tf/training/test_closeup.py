import numpy as np
import pytest
import tensorflow as tf

from ce_tf.training.closeup import DRAWS, close_up


def places(count: int, height: int, width: int) -> np.ndarray:
    """Each pixel's own row and column, float32 [count, height, width, 2]."""
    grid = np.stack(np.mgrid[:height, :width], -1).astype(np.float32)
    return np.broadcast_to(grid, (count, *grid.shape))


def draws(count: int) -> tf.Tensor:
    return tf.random.stateless_uniform([count, DRAWS], seed=(3, 4))


def test_each_square_is_whole_and_holds_a_pixel_of_its_hole():
    count, size = 200, 16
    mask = np.zeros((count, 48, 80, 1), np.float32)
    rng = np.random.default_rng(0)
    for i in range(count):
        y, x = rng.integers(0, 48), rng.integers(0, 80)
        mask[i, y : y + 3, x : x + 5] = 1
    where, hole = close_up((places(count, 48, 80), mask), mask, draws(count), size)
    assert where.shape == (count, size, size, 2)
    assert (np.diff(where[..., 0], axis=1) == 1).all()
    assert (np.diff(where[..., 1], axis=2) == 1).all()
    assert (hole.numpy().max((1, 2, 3)) == 1).all()


def test_every_pixel_of_the_hole_is_looked_at():
    count = 2000
    mask = np.zeros((count, 32, 32, 1), np.float32)
    mask[:, 4:8, 20:24] = 1
    mask[:, 28:30, 2:4] = 1
    chosen = tf.concat([draws(count)[:, :1], tf.zeros([count, 2])], 1)
    (where,) = close_up((places(count, 32, 32),), mask, chosen, 1)
    found = {tuple(place) for place in where.numpy().reshape(-1, 2).astype(int)}
    assert found == set(zip(*np.nonzero(mask[0, ..., 0]), strict=True))


def test_without_a_hole_it_lies_somewhere_in_the_picture():
    mask = np.zeros((5, 32, 48, 1), np.float32)
    (where,) = close_up((places(5, 32, 48),), mask, draws(5), 16)
    assert where.shape == (5, 16, 16, 2)


def test_the_gradient_goes_back_to_where_it_came_from():
    image = tf.Variable(tf.zeros([3, 32, 32, 3]))
    mask = np.zeros((3, 32, 32, 1), np.float32)
    mask[:, 10:12, 10:12] = 1
    with tf.GradientTape() as tape:
        cut, where = close_up(
            (image, tf.constant(places(3, 32, 32))), mask, draws(3), 8
        )
        total = tf.reduce_sum(cut)
    gradient = tf.convert_to_tensor(tape.gradient(total, image)).numpy()
    for i in range(3):
        (y, x), (low, right) = where[i, 0, 0].numpy(), where[i, -1, -1].numpy()
        inside = np.zeros((32, 32))
        inside[int(y) : int(low) + 1, int(x) : int(right) + 1] = 1
        np.testing.assert_array_equal(gradient[i], np.repeat(inside[..., None], 3, -1))


@pytest.mark.parametrize("draw", [0.0, np.nextafter(np.float32(1), np.float32(0))])
def test_the_ends_of_a_draw_lie_in_the_hole(draw):
    mask = np.zeros((1, 16, 16, 1), np.float32)
    mask[0, 15, 15] = mask[0, 0, 0] = 1
    (cut,) = close_up((mask,), mask, tf.constant([[draw, 0.0, 0.0]]), 1)
    assert float(cut[0, 0, 0, 0]) == 1
