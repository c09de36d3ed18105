"""Two guesses of a picture become one that is not as soft as their mean.

In a mean of guesses each edge is as strong as it is sure, and of grain that differs
much is lost. So of the coarse the mean is taken, and of the detail more of that which
is stronger, pixel by pixel: fusion by salience (Burt and Kolczynski 1993, "Enhanced
Image Capture through Fusion"), here at one scale, and half way between the mean and
shares by strength: these would keep all that one guess alone invents.
"""

import cv2
import numpy as np

# Side of the square whose mean a pixel's detail is the difference to.
SIDE = 7
_AREA = SIDE * SIDE
# Levels that are added to the strength of both, so that nothing is over nothing.
NOISE = 3
_SUM = np.ones((1, 3), np.float32)


def fuse(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The coarse of two guesses averaged, their details weighed by their strengths.

    Args:
        first: uint8 [h, w, 3], a picture completed.
        second: likewise.

    Returns:
        uint8 [h, w, 3]: (a + b) / 2 + (s - t) / (s + t + 3) * (c - d) / 4, halves up,
        by the pictures a and b; their details c and d, differences to the mean of 7x7
        round each pixel, beyond the border the nearest one; and the details' strengths
        s and t, the sums of the three channels' absolute values.
    """
    one, two = first.astype(np.float32), second.astype(np.float32)
    detail, other = (_find_detail(pixels) for pixels in (one, two))
    strength, rival = (cv2.transform(np.abs(d), _SUM) for d in (detail, other))
    share = (strength - rival) / (strength + rival + NOISE * _AREA) / (2 * _AREA)
    change = share[..., np.newaxis] * (detail - other)
    fused = np.floor((one + two + change) / 2 + np.float32(0.5))
    return fused.clip(0, 255).astype(np.uint8)


def _find_detail(pixels: np.ndarray) -> np.ndarray:
    """What each pixel differs by from the mean round it, 49 times: float32 [h, w, 3].

    In whole numbers, so that engines differ by rounding at the very end alone.
    """
    side = (SIDE, SIDE)
    total = cv2.boxFilter(
        pixels, -1, side, normalize=False, borderType=cv2.BORDER_REPLICATE
    )
    return _AREA * pixels - total
