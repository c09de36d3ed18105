"""Fills that need no training, to compare with. Each takes and gives uint8 RGB."""

import cv2
import numpy as np

# Pixels round each point that OpenCV looks at.
_RADIUS = 3


def mean_fill(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The mean of the visible pixels.

    Args:
        image: uint8 [H, W, 3].
        mask: uint8 [H, W, 1], any non-zero value is hole; not all of the picture.

    Returns:
        uint8 [H, W, 3], outside the hole the image's own pixels.
    """
    hole = mask[..., 0] != 0
    filled = image.copy()
    filled[hole] = np.round(image[~hole].mean(0))
    return filled


def telea(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """OpenCV's fast marching method (Telea 2004); arguments as `mean_fill`."""
    return cv2.inpaint(image, mask, _RADIUS, cv2.INPAINT_TELEA)


def navier_stokes(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """OpenCV's Navier-Stokes method (Bertalmio 2001); arguments as `mean_fill`."""
    return cv2.inpaint(image, mask, _RADIUS, cv2.INPAINT_NS)


def biharmonic(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """scikit-image's biharmonic fill (Damelin and Hoang 2018); as `mean_fill`."""
    from skimage.restoration import inpaint_biharmonic

    hole = mask[..., 0] != 0
    smooth = inpaint_biharmonic(image / 255, hole, channel_axis=-1)
    filled = image.copy()
    filled[hole] = np.round(smooth[hole].clip(0, 1) * 255)
    return filled
