"""A square through the network: at once, or in rounds where too much of it is hole."""

import cv2
import numpy as np

from ce_tf.completion.runtimes import Backend

# The largest share of a picture that the networks were trained to fill.
MOST = 0.25
# Each round keeps the outer part, this much of the way to the hole's middle.
DEPTH = 1 / 3


def fill_square(
    run: Backend, size: int, image: np.ndarray, known: np.ndarray
) -> np.ndarray:
    """Fills a square of any size with a network of side S.

    Pixels are scaled by their known parts alone, so that nothing of the hole gets into
    what the network sees.

    Args:
        run: the network; called once, or in rounds where the hole is more than a
            quarter of the square.
        size: S.
        image: uint8 [side, side, 3].
        known: uint8 [side, side], 1 = kept, 0 = to be filled; not all 0.

    Returns:
        uint8 [S, S, 3], the filled square at the network's size.
    """
    small, weight = _shrink(image, known, size)
    hole = weight < 0.5
    if hole.all():  # little is known: any part of a pixel counts
        hole = weight < weight.max()
    filled, remaining = small.copy(), hole
    while True:
        fill = run(filled, remaining.astype(np.uint8)[..., np.newaxis])
        if remaining.mean() <= MOST:
            filled[remaining] = fill[remaining]
            return filled
        depth = cv2.distanceTransform(
            remaining.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
        )
        outer = remaining & (depth <= max(1.0, depth.max() * DEPTH))
        filled[outer] = fill[outer]
        remaining &= ~outer


def _shrink(
    image: np.ndarray, known: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Scales to `size`: uint8 [size, size, 3], and the share of each that is known."""
    way = cv2.INTER_AREA if size < image.shape[0] else cv2.INTER_LINEAR
    visible = cv2.bitwise_and(image, image, mask=known)
    total = cv2.resize(visible, (size, size), interpolation=way).astype(np.float32)
    weight = cv2.resize(known * np.uint8(255), (size, size), interpolation=way)
    weight = weight.astype(np.float32) / 255
    mean = total / np.maximum(weight, 1 / 255)[..., np.newaxis]
    return np.round(mean).clip(0, 255).astype(np.uint8), weight
