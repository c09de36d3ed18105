"""Square blocks of a hole, that numbers are summed over."""

import cv2
import numpy as np

# So many along the hole's longer side, of at least so many pixels.
_ALONG, _LEAST = 24, 16
_ROUND = np.array((1, 4, 6, 4, 1)) / 16


class Blocks:
    """Blocks that start at the corner of a hole's box; at its end they are cut.

    Args:
        hole: bool [H, W], not empty.

    Attributes:
        box: rows and columns of the hole's box.
        own: bool [h, w], the hole there.
        side: of a block, pixels: a 24th of the box's longer side, at least 16.
    """

    def __init__(self, hole: np.ndarray):
        left, top, width, height = cv2.boundingRect(hole.astype(np.uint8))
        self.box = np.s_[top : top + height, left : left + width]
        self.own = hole[self.box]
        self.side = max(_LEAST, -(-max(width, height) // _ALONG))
        self._shape = hole.shape

    def add_up(self, values: np.ndarray) -> np.ndarray:
        """[h, w, ...] to float64 [h / side, w / side, ...], rounded up."""
        for axis in (0, 1):
            starts = np.arange(0, values.shape[axis], self.side)
            values = np.add.reduceat(values, starts, axis, np.float64)
        return values

    def add_around(self, sums: np.ndarray) -> np.ndarray:
        """Sums of blocks, [rows, columns], each with those round it.

        By the binomial's weights (1 4 6 4 1), over 16, down and across.
        """
        return cv2.sepFilter2D(sums, -1, _ROUND, _ROUND, borderType=cv2.BORDER_CONSTANT)

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Of [rows, columns], linear between blocks' middles, float32 [H, W].

        0 outside the hole.
        """
        size = tuple(length * self.side for length in values.shape[::-1])
        height, width = self.own.shape
        whole = np.zeros(self._shape, np.float32)
        between = cv2.resize(values.astype(np.float32), size)
        whole[self.box] = between[:height, :width] * self.own
        return whole
