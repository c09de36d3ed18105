"""How a fill and the texture that was painted over it become one picture.

Both are guesses, and their mean is softer than either: of two places for an edge it
shows a haze. So colours and shapes are the texture's, which has those of the photo; of
what is finer the mean is kept, which is nearer to the truth.
"""

import cv2
import numpy as np

# How much of what the texture brings within blocks the fill gets.
FINE = 0.3
# Blocks are so many along the hole's longer side, of at least so many pixels.
_BLOCKS, _LEAST = 24, 16


def weigh_brought(brought: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """What is added to the fill: all of the coarse, and 0.3 of the fine.

    Args:
        brought: float32 [h, w, 3], texture minus fill.
        hole: bool [h, w], not empty.

    Returns:
        float32 [h, w, 3]; 0 outside the hole. Coarse are the means of blocks over the
        hole's pixels, a 24th of its longer side but at least 16 pixels long, from its
        box on, linear between their middles.
    """
    left, top, width, height = cv2.boundingRect(hole.astype(np.uint8))
    box = np.s_[top : top + height, left : left + width]
    side = max(_LEAST, -(-max(width, height) // _BLOCKS))
    own = hole[box].astype(np.float32)[..., np.newaxis]
    # Sums of three channels, and how many pixels.
    border = (0, -height % side, 0, -width % side, cv2.BORDER_CONSTANT)
    pixels = np.concatenate([brought[box] * own, own], -1)
    pixels = cv2.copyMakeBorder(pixels, *border)
    small = (pixels.shape[1] // side, pixels.shape[0] // side)
    blocks = cv2.resize(pixels, small, interpolation=cv2.INTER_AREA)
    blocks = cv2.resize(blocks, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    total, count = np.split(blocks[:height, :width], [3], -1)
    coarse = total / np.maximum(count, 1e-6)
    weighed = np.zeros_like(brought)
    weighed[box] = own * (coarse + FINE * (brought[box] - coarse))
    return weighed
