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


class Progress:
    """The bar and the TensorBoard log of one run; a context manager.

    Args:
        logs: folder of the TensorBoard log.
        step: where the run stands.
        steps: where it ends.
        batch_size: pictures a step.
        shown: whether anything is shown or logged; of several machines one does.
    """

    def __init__(
        self, logs: Path, step: int, steps: int, batch_size: int, *, shown: bool = True
    ):
        self.shown = shown
        self._batch_size = batch_size
        self._bar = tqdm(
            total=steps * batch_size,
            initial=step * batch_size,
            unit="image",
            unit_scale=True,
            dynamic_ncols=True,
            disable=not shown,
        )
        self._writer = (
            tf.summary.create_file_writer(str(logs))
            if shown
            else tf.summary.create_noop_writer()
        )

    def advance(self, step: int, count: int, losses: dict[str, float]) -> None:
        """Moves the bar by `count` steps."""
        brief = {
            name: f"{losses[key]:.{digits}f}"
            for name, key, digits in _BRIEF
            if key in losses
        }
        self._bar.set_description(f"step {step}", refresh=False)
        self._bar.set_postfix(brief, refresh=False)
        self._bar.update(count * self._batch_size)

    def log(self, step: int, values: dict[str, float], group: str = "") -> None:
        """Adds a point to each curve."""
        with self._writer.as_default(step):
            for name, value in values.items():
                tf.summary.scalar(f"{group}{name}", value)

    def log_grid(self, step: int, grid: np.ndarray) -> None:
        """Adds a picture grid, uint8 [H, W, 3]."""
        with self._writer.as_default(step):
            tf.summary.image("masked_completed_real", grid[np.newaxis])

    @property
    def rate(self) -> float:
        """Pictures a second, lately."""
        return self._bar.format_dict["rate"] or 0.0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()
        self._writer.close()
