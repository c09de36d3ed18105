"""How far a completed picture is from the true one: one number a picture.

Pictures are uint8 [H, W, 3], RGB; masks [H, W], any non-zero value is hole, and not
empty. `image` is the true picture, `completed` the one whose hole was filled.
"""

from collections.abc import Callable

import cv2
import numpy as np

# Of image, completed and mask.
Metric = Callable[[np.ndarray, np.ndarray, np.ndarray], float]
# dB; what equal pictures have, so that a mean over pictures stays a number.
MOST_PSNR = 100.0
# SSIM's constants: Wang et al. 2004, section III-B and the released code.
_SIGMA = 1.5
_RADIUS = 5  # of the Gaussian window: 3.5 sigma
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def hole_l1(image: np.ndarray, completed: np.ndarray, mask: np.ndarray) -> float:
    """Mean absolute error over the hole as a share of the range, 0 to 1.

    Context Encoders' "mean L1 loss" (arXiv 1604.07379, Table 1) is this times 100 %.
    """
    return float(np.abs(_hole_error(image, completed, mask)).mean() / 255)


def hole_l2(image: np.ndarray, completed: np.ndarray, mask: np.ndarray) -> float:
    """Mean squared error over the hole, of pictures from 0 to 1: 0 to 1.

    Context Encoders' "mean L2 loss" (Table 1) is this times 100 %.
    """
    return float(np.square(_hole_error(image, completed, mask)).mean() / 255**2)


def hole_psnr(image: np.ndarray, completed: np.ndarray, mask: np.ndarray) -> float:
    """Peak signal-to-noise ratio over the hole, in dB: `10 log10(1 / hole_l2)`.

    Higher is better; at most MOST_PSNR, which equal pictures have.
    """
    return _decibels(hole_l2(image, completed, mask))


def psnr(image: np.ndarray, completed: np.ndarray) -> float:
    """Peak signal-to-noise ratio of the whole picture, in dB; as `hole_psnr`."""
    error = cv2.norm(image, completed, cv2.NORM_L2SQR) / image.size
    return _decibels(error / 255**2)


def hole_ssim(image: np.ndarray, completed: np.ndarray, mask: np.ndarray) -> float:
    """Structural similarity, the mean of its map over the hole's pixels: -1 to 1.

    The map is that of `ssim`; windows at the rim look at pixels outside too.
    """
    image, completed, mask = _near_hole(image, completed, mask, _RADIUS)
    return _settle(_ssim_map(image, completed)[mask != 0].mean())


def ssim(image: np.ndarray, completed: np.ndarray) -> float:
    """Structural similarity of the whole picture, -1 to 1, 1 where they are equal.

    Wang et al. 2004 (IEEE TIP 13-4), equation 13: Gaussian window of sigma 1.5, mean
    over the pixels whose window lies inside and over the channels.
    """
    inside = slice(_RADIUS, -_RADIUS)
    return _settle(_ssim_map(image, completed)[inside, inside].mean())


def hole_gradient_error(
    image: np.ndarray, completed: np.ndarray, mask: np.ndarray
) -> float:
    """Edge error: mean length of the difference of the gradients over the hole.

    Gradients are central differences of each channel of pictures from 0 to 1, in
    units of the range a pixel, the picture continued by its rim. 0 to 1.42.
    """
    image, completed, mask = _near_hole(image, completed, mask, 1)
    difference = _gradient(image) - _gradient(completed)
    lengths = cv2.magnitude(*difference)
    return _settle(lengths[mask != 0].mean() / 255)


def gradient_energy_ratio(
    image: np.ndarray, completed: np.ndarray, mask: np.ndarray
) -> float:
    """Energy of the gradient over the hole as a share of the true picture's.

    A measure of blur: 0 is flat, 1 as rich in detail as the truth, more is noise.
    Gradients as in `hole_gradient_error`. 1 where both pictures are flat, infinite
    where the true one alone is.
    """
    image, completed, mask = _near_hole(image, completed, mask, 1)
    hole = mask != 0
    true, found = (
        float(np.square(_gradient(picture)[:, hole]).sum())
        for picture in (image, completed)
    )
    if true == 0:
        return 1.0 if found == 0 else float("inf")
    return _settle(found / true)


def _near_hole(
    image: np.ndarray, completed: np.ndarray, mask: np.ndarray, margin: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The part of all three that filters of radius `margin` see from the hole."""
    left, top, width, height = cv2.boundingRect((mask != 0).astype(np.uint8))
    rows = slice(max(top - margin, 0), top + height + margin)
    columns = slice(max(left - margin, 0), left + width + margin)
    return image[rows, columns], completed[rows, columns], mask[rows, columns]


def _decibels(error: float) -> float:
    return float(-10 * np.log10(max(error, 10 ** (-MOST_PSNR / 10))))


def _settle(value: float) -> float:
    """Nine digits: those behind differ by where an array lies in memory."""
    return round(float(value), 9)


def _gradient(picture: np.ndarray) -> np.ndarray:
    """Float [2, H, W, 3]: central differences along x and y."""
    return np.stack(
        [
            cv2.Sobel(
                picture,
                cv2.CV_64F,
                *axis,
                ksize=1,
                scale=0.5,
                borderType=cv2.BORDER_REPLICATE,
            )
            for axis in ((1, 0), (0, 1))
        ]
    )


def _hole_error(
    image: np.ndarray, completed: np.ndarray, mask: np.ndarray
) -> np.ndarray:
    hole = mask != 0
    return image[hole].astype(np.float64) - completed[hole]


def _ssim_map(image: np.ndarray, completed: np.ndarray) -> np.ndarray:
    """Float [H, W, 3]."""
    x, y = image.astype(np.float64), completed.astype(np.float64)
    mean_x, mean_y = _blur(x), _blur(y)
    # Moments about a common grey, so that little is lost in the differences.
    x, y = x - 128, y - 128
    low_x, low_y = mean_x - 128, mean_y - 128
    variance_x = _blur(x * x) - low_x * low_x
    variance_y = _blur(y * y) - low_y * low_y
    covariance = _blur(x * y) - low_x * low_y
    return ((2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)) / (
        (mean_x * mean_x + mean_y * mean_y + _C1) * (variance_x + variance_y + _C2)
    )


def _blur(picture: np.ndarray) -> np.ndarray:
    side = 2 * _RADIUS + 1
    return cv2.GaussianBlur(
        picture, (side, side), _SIGMA, borderType=cv2.BORDER_REFLECT
    )
