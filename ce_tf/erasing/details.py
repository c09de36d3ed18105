"""What pixels of a hole differ by from what lies round them in it."""

import cv2
import numpy as np

_SUM = np.ones((1, 3), np.float32)


def count_around(hole: np.ndarray, side: int) -> np.ndarray:
    """How many pixels of the square of that side round each are hole, at least 1.

    Args:
        hole: float32 [h, w], 1 = hole; beyond the border the nearest pixel counts.
        side: odd.

    Returns:
        float32 [h, w].
    """
    return np.maximum(_add_up(hole, side), 1)


def find_details(
    pixels: np.ndarray, hole: np.ndarray, count: np.ndarray, side: int
) -> np.ndarray:
    """What each pixel differs by from the mean of the hole's round it, `count` times.

    In whole numbers, if the pixels are, so that engines differ by rounding at the very
    end alone. A step at the hole's rim is no detail.

    Args:
        pixels: float32 [h, w, 3].
        hole: float32 [h, w], 1 = hole.
        count: as `count_around` gives it, for this side.
        side: of the square.

    Returns:
        float32 [h, w, 3]; what counts is in the hole.
    """
    around = _add_up(pixels * hole[..., np.newaxis], side)
    return count[..., np.newaxis] * pixels - around


def measure_strength(details: np.ndarray) -> np.ndarray:
    """Sums of the three channels' absolute values: [h, w, 3] to [h, w]."""
    return cv2.transform(np.abs(details), _SUM)


def _add_up(pixels: np.ndarray, side: int) -> np.ndarray:
    return cv2.boxFilter(
        pixels, -1, (side, side), normalize=False, borderType=cv2.BORDER_REPLICATE
    )
