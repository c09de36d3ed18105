"""Erases what a mask marks from a photo of any size."""

import os
from pathlib import Path

import cv2
import numpy as np

from ce_tf.backends import load_backend
from ce_tf.errors import InputError
from ce_tf.window import find_window


class Eraser:
    """Fills holes with a model that `export.py` wrote.

        completed = Eraser("run/export/model.tflite").erase(image, mask)

    The network sees a square window round the hole, scaled to its own size; its fill is
    scaled back and pasted into the hole alone. Safe to use from several threads.

    Args:
        model: a SavedModel folder or a TFLite file.

    Raises:
        InputError: it is neither.
    """

    def __init__(self, model: str | os.PathLike):
        self._run, self.size = load_backend(Path(model))

    def erase(self, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """Fills the hole.

        Args:
            image: uint8 [H, W, 3], RGB.
            mask: uint8 or bool [H, W]; any non-zero value is hole.

        Returns:
            uint8 [H, W, 3], outside the hole the image's own pixels to the bit.

        Raises:
            InputError: the shapes do not fit, or the mask marks nothing or everything.
        """
        mask = check_pair(image, mask)
        window = find_window(mask, self.size)
        image_part = _scale(window.cut(image), self.size)
        # A scaled pixel is hole if any part of it was: the object must not leak out.
        mask_part = _scale(window.cut(mask[..., np.newaxis] * 255.0), self.size) > 0.5
        fill = self._run(image_part, mask_part.astype(np.uint8)[..., np.newaxis])
        return window.paste(image, mask, _scale(fill, window.side))


def check_pair(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Checks that the mask can be erased from the image; returns it as uint8 0 or 1.

    Raises:
        InputError: the shapes do not fit, or the mask marks nothing or everything.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise InputError(
            f"the image must be uint8 [H, W, 3], not {image.dtype} {list(image.shape)}."
        )
    if mask.shape != image.shape[:2]:
        raise InputError(
            f"the mask is {_size(mask)}, the photo {_size(image)} pixels (width x "
            "height, upright). Make them the same size."
        )
    hole = (mask != 0).astype(np.uint8)
    if not hole.any():
        raise InputError(
            "the mask is all black: nothing is to be erased. White marks the hole."
        )
    if hole.all():
        raise InputError(
            "the mask is all white: nothing is left to fill from. White marks the "
            "hole, black what stays."
        )
    return hole


def _scale(pixels: np.ndarray, side: int) -> np.ndarray:
    """Scales a square [s, s, C] to `side`, with antialiasing where that is smaller."""
    smaller = side < pixels.shape[0]
    interpolation = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return cv2.resize(pixels, (side, side), interpolation=interpolation)


def _size(pixels: np.ndarray) -> str:
    return f"{pixels.shape[1]}x{pixels.shape[0]}"
