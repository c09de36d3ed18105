"""How good the fills are on fixed pictures with fixed holes, while a run trains."""

import keras
import numpy as np
import tensorflow as tf

from ce_tf import metrics
from ce_tf.completion import masking
from ce_tf.completion.network import erase_batch
from ce_tf.images.grid import make_grid
from ce_tf.metrics import Metric
from ce_tf.perceptual import DISTANCE
from ce_tf.perceptual.distance import PerceptualDistance
from ce_tf.training.config import TrainConfig

# Pictures that go through the network at a time.
_BATCH = 32
_ENERGY = "gradient_energy"
# By the name in TensorBoard; each over the hole of one picture, then averaged.
METRICS: dict[str, Metric] = {
    "l1": metrics.hole_l1,
    "l2": metrics.hole_l2,
    "psnr": metrics.hole_psnr,
    "ssim": metrics.hole_ssim,
    _ENERGY: metrics.gradient_energy_ratio,
}


def choose_metrics(config: TrainConfig) -> dict[str, Metric]:
    """METRICS, and perceptual distance where the run asks for it.

    Raises:
        InputError: the package that it looks through is missing.
    """
    if not config.measures_distance:
        return METRICS
    return {**METRICS, DISTANCE: PerceptualDistance()}


def best_score(best_by: str, measured: dict[str, float]) -> float:
    """By what the best checkpoint is chosen, as `--best_by` says; more is better."""
    return -measured[DISTANCE] if best_by == "perceptual" else measured[best_by]


class Validator:
    """Fills the same holes of the same pictures each time.

    Args:
        generator: whose fills they are; it may train in between.
        image: uint8 [N, S, S, 3].
        mask: uint8 [N, S, S, 1], 1 = hole.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
        measures: by name, as `choose_metrics` gives them.
    """

    def __init__(
        self,
        generator: keras.Model,
        image: np.ndarray,
        mask: np.ndarray,
        fill_color: tf.Tensor | None,
        measures: dict[str, Metric],
    ):
        self._image = image
        self._mask = mask
        self._fill_color = fill_color
        self._metrics = measures
        self._erase = tf.function(
            erase_batch(generator, fill_color), reduce_retracing=True
        )

    def measure(self) -> dict[str, float]:
        """The mean over the pictures of each metric; of gradient energy the median.

        A ratio has no mean to speak of: over a flat photo's it is any number.
        """
        rows = []
        for start in range(0, len(self._image), _BATCH):
            chosen = slice(start, start + _BATCH)
            completed = self._erase(*self._some(chosen))["image"].numpy()
            image, mask = self._image[chosen], self._mask[chosen]
            for real, fill, hole in zip(image, completed, mask[..., 0], strict=True):
                rows.append(
                    [metric(real, fill, hole) for metric in self._metrics.values()]
                )
        means = dict(zip(self._metrics, np.mean(rows, axis=0).tolist(), strict=True))
        energies = np.array(rows)[:, list(self._metrics).index(_ENERGY)]
        return {**means, _ENERGY: float(np.median(energies))}

    def draw(self, count: int) -> np.ndarray:
        """The grid of the first pictures: each row masked, completed, real.

        Returns:
            uint8 [H', W', 3], as `make_grid`.
        """
        image, mask = self._some(slice(count))
        _, _, masked = masking.prepare_batch(image, mask, None, self._fill_color)
        completed = self._erase(image, mask)["image"].numpy()
        return make_grid(masking.denormalize(masked).numpy(), completed, image.numpy())

    def _some(self, chosen: slice) -> tuple[tf.Tensor, tf.Tensor]:
        # Tensors: of arrays, each new shape would be traced anew.
        return tf.constant(self._image[chosen]), tf.constant(self._mask[chosen])
