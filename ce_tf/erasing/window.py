"""The square part of a photo that the network sees: the hole and what surrounds it."""

import dataclasses

import numpy as np

from ce_tf.erasing import decisions


@dataclasses.dataclass(frozen=True)
class Window:
    """A square in a photo's pixels; it may reach beyond the photo where that is small.

    Three frames: the photo [H, W], what of it lies in the window [h, w], and the window
    itself [side, side], which is that, mirrored where it reaches beyond the photo.

    Attributes:
        top: first row, may be negative.
        left: first column, may be negative.
        side: rows and columns, at least 1.
        height: of the photo.
        width: of the photo.
    """

    top: int
    left: int
    side: int
    height: int
    width: int

    @property
    def rows(self) -> slice:
        """Of the photo, those in the window."""
        return slice(max(0, self.top), min(self.height, self.top + self.side))

    @property
    def columns(self) -> slice:
        """Of the photo, those in the window."""
        return slice(max(0, self.left), min(self.width, self.left + self.side))

    @property
    def shape(self) -> tuple[int, int]:
        """h and w."""
        return self.rows.stop - self.rows.start, self.columns.stop - self.columns.start

    def inside(self, pixels: np.ndarray) -> np.ndarray:
        """Of a photo [H, W, ...] what lies in the window: [h, w, ...], a view."""
        return pixels[self.rows, self.columns]

    def cut(self, pixels: np.ndarray) -> np.ndarray:
        """Of a photo [H, W, ...] the window: [side, side, ...]."""
        after = self.top + self.side - self.height, self.left + self.side - self.width
        pad = [(max(0, -self.top), max(0, after[0]))]
        pad += [(max(0, -self.left), max(0, after[1]))]
        pad += [(0, 0)] * (pixels.ndim - 2)
        part = self.inside(pixels)
        return np.pad(part, pad, mode="symmetric") if np.any(pad) else part

    def crop(self, square: np.ndarray) -> np.ndarray:
        """Of a window [side, side, ...] what lies in the photo: undoes `cut`."""
        return square[
            self.rows.start - self.top : self.rows.stop - self.top,
            self.columns.start - self.left : self.columns.stop - self.left,
        ]


def place_window(
    box: tuple[int, int, int, int], pixels: int, shape: tuple[int, ...], size: int
) -> Window:
    """The window of a box in a photo of that shape; see `decisions.place_window`."""
    height, width = shape
    place = decisions.place_window(box, pixels, height, width, size)
    return Window(*place, height, width)
