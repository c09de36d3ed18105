"""What of its slopes a place is known by, beside its colours.

A fill's dark green may be leaves or the ribs of a machine: on a small grid both have
one colour. How strong the picture's own slopes are there, and which way they run, tells
grass from a path, and planks from a hedge, though the fill is soft.
"""

import cv2
import numpy as np

from ce_tf.erasing.structure_tensor import multiply_slopes

# A fill's slopes are that much weaker than those of what belongs there.
_SOFT = 1.5
_DOUBLED = 20  # what slopes twice as strong add, beside levels of colours
_ONE_WAY = 90  # what slopes that all run one way have
_BLUR = 1.0  # deviation, pixels
_LEAST = 2  # levels a pixel that are added to all: below them slopes are noise


def measure_slopes(image: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The structure tensor of a picture's brightness.

    Args:
        image: uint8 [h, w, 3].

    Returns:
        gx^2 + gy^2, gx^2 - gy^2 and 2 gx gy, by Sobel, in squared levels a pixel: each
        float32 [h, w]. Means of them are those of larger pixels.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return multiply_slopes(grey, 1 / 8)


def find_strength(square: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """How strong the slopes round each pixel are, by the logarithm.

    Args:
        square: the first that `measure_slopes` gives, of any scale.
        hole: bool [h, w], where they are a fill's.

    Returns:
        uint8 [h, w]: 20 log2(g + 2), where g is the root of the mean square round a
        pixel, by a Gaussian of 1 pixel, in the hole times 1.5.
    """
    strength = cv2.GaussianBlur(square, (0, 0), _BLUR)
    np.sqrt(strength, out=strength)
    strength[hole] *= _SOFT
    strength += _LEAST
    np.log2(strength, out=strength)
    strength *= _DOUBLED
    return np.round(strength, out=strength).astype(np.uint8)


def find_way(square: np.ndarray, cosine: np.ndarray, sine: np.ndarray) -> np.ndarray:
    """Which way the slopes round each pixel run.

    Args:
        square, cosine, sine: as `measure_slopes` gives them, of any scale.

    Returns:
        float32 [h, w, 2]: of their blurred sums s, c and d, 90 (c, d) / (s + 4): a
        vector of twice the angle, 90 long where all run one way, and short where none.
    """
    square, cosine, sine = (
        cv2.GaussianBlur(part, (0, 0), _BLUR) for part in (square, cosine, sine)
    )
    scale = _ONE_WAY / (square + _LEAST**2)
    return cv2.merge((cosine * scale, sine * scale))
