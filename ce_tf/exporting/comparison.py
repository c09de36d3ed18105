"""Is an exported file the model it came from? Both erase the same; outputs compared."""

from collections.abc import Callable

import cv2
import keras
import numpy as np
import tensorflow as tf

from ce_tf.errors import InputError
from ce_tf.exporting.signature import erase_batch

# Levels of 0 to 255 by which a pixel may differ: one, where kernels round differently.
_MAX_DIFFERENCE = 1
# Share of values that may differ at all.
_MAX_SHARE = 0.01


class ExportError(InputError):
    """An exported file does not do what the model does; it has been deleted."""


def compare_export(
    generator: keras.Model,
    fill_color: tf.Tensor | None,
    run: Callable[[np.ndarray, np.ndarray], np.ndarray],
    name: str,
) -> int:
    """Compares an exported file with the Keras model on four pictures.

    Args:
        generator: the model.
        fill_color: as in `make_erase`.
        run: gives the file's output, uint8 [S, S, 3], for one uint8 image [S, S, 3]
            and mask [S, S, 1].
        name: of the file, for the error.

    Returns:
        The largest difference, in levels of 0 to 255.

    Raises:
        ExportError: it is beyond tolerance.
    """
    images, masks = _pictures(generator.size)
    expected = erase_batch(generator, fill_color)(images, masks)["image"].numpy()
    found = np.stack([run(*pair) for pair in zip(images, masks, strict=True)])
    difference = np.abs(found.astype(int) - expected)
    share = float((difference > 0).mean())
    if difference.max() > _MAX_DIFFERENCE or share > _MAX_SHARE:
        raise ExportError(
            f"{name} differs from the Keras model: by up to {difference.max()} of 255, "
            f"in {share:.2%} of the values (allowed: {_MAX_DIFFERENCE}, "
            f"{_MAX_SHARE:.0%}). It was deleted."
        )
    if (found == images).all():
        raise ExportError(f"{name} gives back its input. It was deleted.")
    return int(difference.max())


def _pictures(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Four smooth coloured pictures with square holes, always the same."""
    generator = np.random.default_rng(0)
    images, masks = [], []
    for _ in range(4):
        coarse = generator.integers(0, 256, (6, 6, 3), dtype=np.uint8)
        images.append(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC))
        top, left = generator.integers(0, size - size // 3, 2)
        mask = np.zeros((size, size, 1), np.uint8)
        mask[top : top + size // 3, left : left + size // 3] = 255
        masks.append(mask)
    return np.stack(images), np.stack(masks)
