"""How good the fills are on fixed pictures with fixed holes, while a run trains."""

import keras
import numpy as np
import tensorflow as tf

from ce_tf import metrics
from ce_tf.exporting.signature import erase_batch

# Pictures that go through the network at a time.
_BATCH = 32
# By the name in TensorBoard; each over the hole of one picture, then averaged.
METRICS = {
    "l1": metrics.hole_l1,
    "l2": metrics.hole_l2,
    "psnr": metrics.hole_psnr,
    "ssim": metrics.hole_ssim,
}


class Validator:
    """Measures generators on the same pictures and holes each time.

    Args:
        image: uint8 [N, S, S, 3].
        mask: uint8 [N, S, S, 1], 1 = hole.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
    """

    def __init__(
        self, image: np.ndarray, mask: np.ndarray, fill_color: tf.Tensor | None
    ):
        self.image = image
        self.mask = mask
        self.fill_color = fill_color

    def measure(self, generator: keras.Model) -> dict[str, float]:
        """The mean over the pictures of each of METRICS."""
        erase = tf.function(erase_batch(generator, self.fill_color))
        rows = []
        for start in range(0, len(self.image), _BATCH):
            image, mask = (a[start : start + _BATCH] for a in (self.image, self.mask))
            completed = erase(image, mask)["image"].numpy()
            for real, fill, hole in zip(image, completed, mask[..., 0], strict=True):
                rows.append([metric(real, fill, hole) for metric in METRICS.values()])
        return dict(zip(METRICS, np.mean(rows, axis=0).tolist(), strict=True))
