"""The square part of a photo that the network sees: the hole and what surrounds it."""

import dataclasses

import cv2
import numpy as np

# Side of the window over the hole's longer side: a hole of that size covers at most a
# quarter of its window, as in training.
_CONTEXT = 2.0


@dataclasses.dataclass(frozen=True)
class Window:
    """A square in a photo's pixels; it may reach beyond the photo where that is small.

    Attributes:
        top: first row, may be negative.
        left: first column, may be negative.
        side: rows and columns, at least 1.
    """

    top: int
    left: int
    side: int

    def cut(self, pixels: np.ndarray) -> np.ndarray:
        """The window of [H, W, C] as [side, side, C], mirrored at the borders."""
        height, width = pixels.shape[:2]
        before = max(0, -self.top), max(0, -self.left)
        after = (
            max(0, self.top + self.side - height),
            max(0, self.left + self.side - width),
        )
        rows, columns = self._inside(height, width)
        pad = (*zip(before, after, strict=True), (0, 0))
        return np.pad(pixels[rows, columns], pad, mode="symmetric")

    def paste(
        self, image: np.ndarray, mask: np.ndarray, fill: np.ndarray
    ) -> np.ndarray:
        """A copy of `image` whose hole pixels come from `fill`, all others its own.

        Args:
            image: uint8 [H, W, 3].
            mask: uint8 [H, W], 1 = hole.
            fill: uint8 [side, side, 3].
        """
        rows, columns = self._inside(*image.shape[:2])
        top, left = rows.start - self.top, columns.start - self.left
        height, width = rows.stop - rows.start, columns.stop - columns.start
        part = fill[top : top + height, left : left + width]
        completed = image.copy()
        hole = mask[rows, columns] > 0
        completed[rows, columns][hole] = part[hole]
        return completed

    def _inside(self, height: int, width: int) -> tuple[slice, slice]:
        return (
            slice(max(0, self.top), min(height, self.top + self.side)),
            slice(max(0, self.left), min(width, self.left + self.side)),
        )


def find_window(mask: np.ndarray, size: int) -> Window:
    """The window of a hole: square, centred on it, inside the photo where possible.

    Args:
        mask: uint8 [H, W], 1 = hole, not empty.
        size: side that the network takes; smaller holes are not magnified beyond it.
    """
    height, width = mask.shape
    left, top, hole_width, hole_height = cv2.boundingRect(mask)
    longer = max(hole_width, hole_height)
    side = max(size, round(_CONTEXT * longer))
    # Inside the photo as long as the hole fits; else the borders are mirrored.
    side = min(side, max(longer, min(height, width)))
    return Window(
        _place(top + hole_height / 2, side, height),
        _place(left + hole_width / 2, side, width),
        side,
    )


def _place(center: float, side: int, length: int) -> int:
    """Where `side` pixels start so that they are centred, but within `length`."""
    if side > length:
        return -((side - length) // 2)
    return min(max(0, round(center - side / 2)), length - side)
