"""Guesses of a picture become one that is not as soft as their mean.

In a mean of guesses each edge is as strong as it is sure, and of grain that differs
much is lost. So of the coarse the mean is taken, and of the detail more of that which
is stronger, pixel by pixel: fusion by salience (Burt and Kolczynski 1993, "Enhanced
Image Capture through Fusion"), here at one scale. What one guess alone invents is kept
by this too: of colours that the photo around does not have, no more than by the mean.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from ce_tf.erasing.blending import widen_box
from ce_tf.erasing.details import count_around, find_details, measure_strength

# Side of the square whose mean a pixel's detail is the difference to.
SIDE = 7
# Levels that are added to the strength of all, so that nothing is over nothing.
NOISE = 3
_HALF = np.float32(0.5)


def fuse(
    guesses: Sequence[np.ndarray], photo: np.ndarray, known: np.ndarray
) -> np.ndarray:
    """The coarse of guesses averaged, their details weighed by their strengths.

    Args:
        guesses: n of them, uint8 [h, w, 3]; what counts is in the hole.
        photo: uint8 [h, w, 3].
        known: uint8 [h, w], 1 = kept, 0 = hole; there is some of both.

    Returns:
        uint8 [h, w, 3]; in the hole, halves up, the mean of the guesses plus the mean
        of their details, each weighed by its share, less the mean as it is. Details
        are differences to the mean of what is hole of the 7x7 round each pixel, beyond
        the border the nearest one. A guess's share is n (s + 3 / n) over the sum of
        all s plus 3, by the details' strengths s, sums of the three channels' absolute
        values. No channel leaves the range of the known pixels' by more than the
        guesses' mean does.
    """
    around = photo[known > 0]
    place = widen_box(cv2.boundingRect((known == 0).astype(np.uint8)), SIDE // 2)
    hole = (known[place] == 0).astype(np.float32)
    count, number = count_around(hole, SIDE), len(guesses)
    total, details = np.zeros((*hole.shape, 3), np.float32), []
    for guess in guesses:
        pixels = guess[place].astype(np.float32)
        total += pixels
        details.append(find_details(pixels, hole, count, SIDE))
    common = sum(details)
    change, strengths = np.zeros_like(total), np.zeros_like(count)
    for detail in details:
        strength = number * measure_strength(detail) + NOISE * count
        change += strength[..., np.newaxis] * (number * detail - common)
        strengths += strength
    change /= (strengths * count)[..., np.newaxis]
    mean, fused = (np.floor((total + by) / number + _HALF) for by in (0, change))
    least, most = np.minimum(mean, around.min(0)), np.maximum(mean, around.max(0))
    result = photo.copy()
    np.copyto(
        result[place],
        fused.clip(least, most).astype(np.uint8),
        where=hole[..., np.newaxis] > 0,
    )
    return result
