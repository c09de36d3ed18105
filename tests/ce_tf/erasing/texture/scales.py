"""A scale whose hole can be painted without error, for the tests of its parts."""

import numpy as np

from ce_tf.erasing.texture.patch_voting import PaintedLevel


def make_scale(stride: int = 1, period: int = 20, seed: int = 0) -> tuple:
    """A picture that repeats itself, a scale whose hole was spoilt, and the truth."""
    rng = np.random.default_rng(seed)
    tile = rng.integers(0, 256, (period, period, 3), dtype=np.uint8)
    truth = np.tile(tile, (3, 3, 1))
    hole = np.zeros(truth.shape[:2], bool)
    hole[22:34, 24:38] = True
    spoilt = np.where(hole[..., np.newaxis], 128, truth).astype(np.uint8)
    cells = hole.reshape(hole.shape[0] // stride, stride, -1, stride).any((1, 3))
    strength = truth[..., 0] // 4  # that of the fill is right
    return truth, PaintedLevel(spoilt, strength, hole, ~hole, cells, stride)


def make_offsets(scale: PaintedLevel, offset: tuple[int, int]) -> np.ndarray:
    offsets = np.zeros((*scale.cells.shape, 2), np.int32)
    offsets[scale.cells] = offset
    return offsets
