"""The structure tensor: which way a picture runs, by the products of its slopes.

Foerstner and Guelch 1987, "A Fast Operator for Detection and Precise Location of
Distinct Points, Corners and Centres of Circular Features".
"""

import cv2
import numpy as np


def multiply_slopes(
    pixels: np.ndarray, sure: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The products of each pixel's slopes; beyond the border lies the nearest pixel.

    Args:
        pixels: uint8 or float32, [h, w] or [h, w, C], levels.
        sure: float32 [h, w] or [h, w, 1], 1 = the slopes count, else 0; or one number
            that all of them are multiplied by.

    Returns:
        gx^2 + gy^2, gx^2 - gy^2 and 2 gx gy, of slopes by Sobel, eighths of a level a
        pixel: each float32, as `pixels`. Summed, the last two are cosine and sine of
        twice the angle of the contrast, as long as the first where all runs one way.
    """
    right, down = (
        cv2.Sobel(pixels, cv2.CV_32F, *order, borderType=cv2.BORDER_REPLICATE) * sure
        for order in ((1, 0), (0, 1))
    )
    across, along = right * right, down * down
    right *= down  # in place: of a large window each is 10 MB
    right *= 2
    square = across + along
    across -= along
    return square, across, right
