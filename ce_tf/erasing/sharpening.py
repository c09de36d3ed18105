"""Gives back the edges that a mean of guesses has softened."""

import cv2
import numpy as np

from ce_tf.erasing.blending import widen_box
from ce_tf.erasing.texture.mixing import LEAST_SHARE

# How much of its difference to the mean a pixel gets once more.
AMOUNT = 0.35
# The mean round a pixel is that of 5x5, by the binomial's weights.
MEAN = np.array((1, 4, 6, 4, 1), np.float32) / 16
_REACH = len(MEAN) // 2


def sharpen(
    image: np.ndarray, hole: np.ndarray, share: np.ndarray | None = None
) -> np.ndarray:
    """Unsharp masking: to a pixel 0.35 of its difference to the mean round it is added.

    Where several guesses of a photo are averaged, each edge is as strong as it is sure.
    To the eye, and to `perceptual distance`, that is too soft. Copied texture is not.

    Args:
        image: uint8 [H, W, 3], its hole filled.
        hole: bool [H, W], the pixels that are sharpened.
        share: float32 [H, W], 0 to 1: how much of a pixel's finest was copied from the
            photo. From the least share that texture has on it counts: (1 - share) /
            (1 - 0.2) of that is added, where all was copied nothing. None is none.

    Returns:
        uint8 [H, W, 3]; outside the hole the image itself.
    """
    place = widen_box(cv2.boundingRect(hole.astype(np.uint8)), _REACH)
    pixels, inner = image[place].astype(np.float32), hole[place]
    mean = cv2.sepFilter2D(pixels, -1, MEAN, MEAN, borderType=cv2.BORDER_REPLICATE)
    detail = AMOUNT * (pixels - mean)
    if share is not None:
        own = (1 - share[place]) / (1 - LEAST_SHARE)
        detail *= np.minimum(own, 1)[..., np.newaxis]
    sharp = (pixels + detail)[inner]
    sharpened = image.copy()
    sharpened[place][inner] = np.round(sharp).clip(0, 255).astype(np.uint8)
    return sharpened
