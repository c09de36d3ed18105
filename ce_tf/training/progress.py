"""What one sees of a run while it trains: a bar, and curves in TensorBoard."""

from pathlib import Path
from types import TracebackType

import numpy as np
import tensorflow as tf
from tqdm import tqdm

# In the bar: name, the scalar, digits.
_BRIEF = (
    ("G", "generator_loss", 4),
    ("D", "discriminator_loss", 3),
    ("D(real)", "real_probability", 2),
    ("D(completed)", "completed_probability", 2),
)


class Writer:
    """Writes the TensorBoard log of one run; a context manager.

    Args:
        logs: folder of the log.
        writes: whether anything is written; of several machines one does.
    """

    def __init__(self, logs: Path, *, writes: bool = True):
        self._writer = (
            tf.summary.create_file_writer(str(logs))
            if writes
            else tf.summary.create_noop_writer()
        )

    def log(self, step: int, values: dict[str, float], group: str = "") -> None:
        """Adds a point to each curve."""
        with self._writer.as_default(step):
            for name, value in values.items():
                tf.summary.scalar(f"{group}{name}", value)

    def log_grid(self, step: int, grid: np.ndarray) -> None:
        """Adds a picture grid, uint8 [H, W, 3]."""
        with self._writer.as_default(step):
            tf.summary.image("masked_completed_real", grid[np.newaxis])

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()


def progress_bar(step: int, steps: int, batch_size: int, *, shown: bool = True) -> tqdm:
    """A bar that counts pictures, of a run that stands at `step` and ends at `steps`.

    Args:
        step: where the run stands.
        steps: where it ends.
        batch_size: pictures a step.
        shown: whether anything is drawn; of several machines one does.
    """
    return tqdm(
        total=steps * batch_size,
        initial=step * batch_size,
        unit="image",
        unit_scale=True,
        dynamic_ncols=True,
        disable=not shown,
    )


def show_losses(bar: tqdm, step: int, losses: dict[str, float]) -> None:
    """Puts the step and the most telling losses beside the bar, when it next moves."""
    brief = {
        name: f"{losses[key]:.{digits}f}"
        for name, key, digits in _BRIEF
        if key in losses
    }
    bar.set_description(f"step {step}", refresh=False)
    bar.set_postfix(brief, refresh=False)
