import numpy as np

from ce_tf.images.grid import make_grid


def test_a_grid_has_a_picture_of_each_batch_in_a_row():
    first = np.full((3, 4, 5, 3), 10, np.uint8)
    second = np.arange(3, dtype=np.uint8).reshape(3, 1, 1, 1) + np.zeros_like(first)
    grid = make_grid(first, second, gap=2)
    assert grid.shape == (3 * 6 - 2, 2 * 7 - 2, 3)
    for row in range(3):
        assert (grid[row * 6 : row * 6 + 4, :5] == 10).all()
        assert (grid[row * 6 : row * 6 + 4, 7:] == row).all()
    assert (grid[4:6] == 255).all()
    assert (grid[:, 5:7] == 255).all()
