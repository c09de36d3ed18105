"""Picture grids of a run."""

from pathlib import Path

import numpy as np

from ce_tf.files import write_bytes
from ce_tf.images.codec import encode_image


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
