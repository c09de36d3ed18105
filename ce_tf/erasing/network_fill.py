"""A square of any size through the network: shrunk by what is known, and filled."""

import cv2
import numpy as np

from ce_tf.completion.runtimes import Runtime
from ce_tf.erasing.decisions import is_hole

# Known share of a pixel below which its colour is no longer divided by all of it.
LEAST = 1 / 255


def fill_square(
    runtime: Runtime, image: np.ndarray, known: np.ndarray, mirrored: bool = False
) -> np.ndarray:
    """Fills a square of any size with a network of side S.

    Pixels are scaled by their known parts alone, so that nothing of the hole gets into
    what the network sees.

    Args:
        runtime: the network, which runs once.
        image: uint8 [side, side, 3].
        known: uint8 [side, side], 1 = kept, 0 = to be filled; not all 0.
        mirrored: the network sees left as right.

    Returns:
        uint8 [S, S, 3], the filled square at the network's size.
    """
    visible, hole = shrink_square(image, known, runtime.size)
    hole = hole.astype(np.uint8)[..., np.newaxis]
    if not mirrored:
        return runtime.run(visible, hole)
    visible, hole = (np.ascontiguousarray(seen[:, ::-1]) for seen in (visible, hole))
    return np.ascontiguousarray(runtime.run(visible, hole)[:, ::-1])


def shrink_square(
    image: np.ndarray, known: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """What the network sees: uint8 [size, size, 3], and its hole, bool [size, size]."""
    way = cv2.INTER_AREA if size < image.shape[0] else cv2.INTER_LINEAR
    visible = cv2.bitwise_and(image, image, mask=known)
    total, weight = (
        cv2.resize(pixels.astype(np.float32), (size, size), interpolation=way)
        for pixels in (visible, known)
    )
    mean = np.round(total / np.maximum(weight, LEAST)[..., np.newaxis])
    area = measure_known(known, size)
    return mean.clip(0, 255).astype(np.uint8), is_hole(
        area, len(known) ** 2, area.max()
    )


def measure_known(known: np.ndarray, size: int) -> np.ndarray:
    """How much is known under each pixel of a smaller or larger square, exactly.

    Args:
        known: uint8 [side, side], 1 = known.
        size: rows and columns of the other square.

    Returns:
        int64 [size, size], areas, of which a whole pixel has side ** 2.
    """
    # Sums over all above and to the left, read between the rows and columns where the
    # edges of the other square's pixels lie.
    sums = cv2.integral(known).astype(np.int64)
    whole, part = np.divmod(np.arange(size + 1) * len(known), size)
    after = np.minimum(whole + 1, len(known))
    for _ in range(2):  # down the columns, then along the rows
        read = sums[whole].T * (size - part) + sums[after].T * part
        sums = np.diff(read, axis=1)
    return sums
