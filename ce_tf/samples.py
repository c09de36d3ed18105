"""Picture grids of a run: each row masked, completed and real, side by side."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ce_tf import masking
from ce_tf.images import encode_image, write_bytes


class Sampler:
    """Shows the same validation pictures each time, as PNG and in TensorBoard.

    Args:
        folder: where the PNGs go.
        logs: where the TensorBoard logs go.
        batch: `{"image": uint8 [B, H, W, 3], "mask": uint8 [B, H, W, 1]}`.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
    """

    def __init__(
        self,
        folder: Path,
        logs: Path,
        batch: dict[str, np.ndarray],
        fill_color: tf.Tensor | None,
    ):
        self.folder = folder
        self.writer = tf.summary.create_file_writer(str(logs))
        self.batch = batch
        self.fill_color = fill_color

    def write(self, generator: keras.Model, step: int) -> None:
        """Writes `step-N.png`, and the same grid to TensorBoard."""
        image, mask, masked = masking.prepare_batch(
            self.batch["image"], self.batch["mask"], None, self.fill_color
        )
        fake = generator({"image": masked, "mask": mask}, training=False)
        completed = masking.complete(image, mask, fake)
        grid = make_grid(
            masking.denormalize(masked).numpy(),
            masking.denormalize(completed).numpy(),
            self.batch["image"],
        )
        write_grid(self.folder / f"step-{step:07d}.png", grid)
        with self.writer.as_default():
            tf.summary.image("masked_completed_real", grid[np.newaxis], step)


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
