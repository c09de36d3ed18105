"""Two guesses of a picture become one that is not as soft as their mean.

In a mean of guesses each edge is as strong as it is sure, and of grain that differs
much is lost. So of the coarse the mean is taken, and of the detail more of that which
is stronger, pixel by pixel: fusion by salience (Burt and Kolczynski 1993, "Enhanced
Image Capture through Fusion"), here at one scale. What one guess alone invents is kept
by this too: of colours that the photo around does not have, no more than by the mean.
"""

import cv2
import numpy as np

# Side of the square whose mean a pixel's detail is the difference to.
SIDE = 7
# Levels that are added to the strength of both, so that nothing is over nothing.
NOISE = 3
_SUM = np.ones((1, 3), np.float32)
_HALF = np.float32(0.5)


def fuse(
    first: np.ndarray, second: np.ndarray, photo: np.ndarray, known: np.ndarray
) -> np.ndarray:
    """The coarse of two guesses averaged, their details weighed by their strengths.

    Args:
        first: uint8 [h, w, 3]; what counts is in the hole.
        second: likewise.
        photo: uint8 [h, w, 3].
        known: uint8 [h, w], 1 = kept, 0 = hole; some is known.

    Returns:
        uint8 [h, w, 3]; in the hole (a + b + (s - t) / (s + t + 3) * (c - d)) / 2,
        halves up, by the guesses a and b; their details c and d, differences to the
        mean of what is hole of the 7x7 round each pixel, beyond the border the nearest
        one; and the details' strengths s and t, the sums of the three channels'
        absolute values. No channel leaves the range of the known pixels' by more than
        (a + b) / 2 does.
    """
    one, two = first.astype(np.float32), second.astype(np.float32)
    hole = (known == 0).astype(np.float32)
    count = np.maximum(_add_up(hole), 1)
    detail, other = (_find_detail(pixels, hole, count) for pixels in (one, two))
    strength, rival = (cv2.transform(np.abs(d), _SUM) for d in (detail, other))
    share = (strength - rival) / (strength + rival + NOISE * count) / count
    change = share[..., np.newaxis] * (detail - other)
    mean, fused = (np.floor((one + two + by) / 2 + _HALF) for by in (0, change))
    around = photo[known > 0]
    least, most = np.minimum(mean, around.min(0)), np.maximum(mean, around.max(0))
    fused = fused.clip(least, most).astype(np.uint8)
    return np.where(known[..., np.newaxis] > 0, photo, fused)


def _find_detail(pixels: np.ndarray, hole: np.ndarray, count: np.ndarray) -> np.ndarray:
    """What each pixel of the hole differs by from the mean round it, `count` times.

    In whole numbers, so that engines differ by rounding at the very end alone.
    """
    inside = pixels * hole[..., np.newaxis]
    return count[..., np.newaxis] * pixels - _add_up(inside)


def _add_up(pixels: np.ndarray) -> np.ndarray:
    """Sums of the 7x7 round each pixel."""
    return cv2.boxFilter(
        pixels, -1, (SIDE, SIDE), normalize=False, borderType=cv2.BORDER_REPLICATE
    )
