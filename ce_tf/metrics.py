"""How far a completed picture is from the true one, in the hole."""

import numpy as np


def hole_psnr(image: np.ndarray, completed: np.ndarray, mask: np.ndarray) -> float:
    """Peak signal-to-noise ratio over the hole of one picture, in dB.

    `10 log10(255^2 / MSE)`, the mean over the hole's pixels and channels; higher is
    better, infinite where they are equal.

    Args:
        image: uint8 [H, W, 3], the true picture.
        completed: uint8 [H, W, 3].
        mask: [H, W], any non-zero value is hole; not empty.
    """
    hole = mask != 0
    error = image[hole].astype(np.float64) - completed[hole]
    with np.errstate(divide="ignore"):
        return float(10 * np.log10(255**2 / np.mean(np.square(error))))
