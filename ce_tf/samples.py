"""Picture grids of a run: each row masked, completed and real, side by side."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ce_tf import masking
from ce_tf.exporting.signature import erase_batch
from ce_tf.images import encode_image, write_bytes


def sample_grid(
    generator: keras.Model,
    image: np.ndarray,
    mask: np.ndarray,
    fill_color: tf.Tensor | None,
) -> np.ndarray:
    """The grid of some pictures: masked, completed, real.

    Args:
        generator: fills the holes.
        image: uint8 [B, H, W, 3].
        mask: uint8 [B, H, W, 1], 1 = hole.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.

    Returns:
        uint8 [H', W', 3], as `make_grid`.
    """
    _, _, masked = masking.prepare_batch(image, mask, None, fill_color)
    completed = erase_batch(generator, fill_color)(image, mask)["image"]
    return make_grid(masking.denormalize(masked).numpy(), completed.numpy(), image)


def make_grid(*columns: np.ndarray, gap: int = 2) -> np.ndarray:
    """Lays batches of pictures side by side, one picture of each in a row.

    Args:
        columns: uint8 [B, H, W, 3] each.
        gap: white pixels between them.

    Returns:
        uint8 [B * (H + gap) - gap, columns * (W + gap) - gap, 3].
    """
    pad = ((0, 0), (0, gap), (0, gap), (0, 0))
    padded = [np.pad(column, pad, constant_values=255) for column in columns]
    rows = np.concatenate(padded, axis=2)  # (B, H + gap, columns * (W + gap), 3)
    return rows.reshape(-1, *rows.shape[2:])[:-gap, :-gap]


def write_grid(path: Path, grid: np.ndarray) -> None:
    """Writes a grid as PNG."""
    write_bytes(path, encode_image(grid, ".png"))
