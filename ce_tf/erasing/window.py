"""The square part of a photo that the network sees: the hole and what surrounds it."""

import dataclasses

import numpy as np

# Side of the window over the hole's longer side: a hole of that size covers at most a
# quarter of its window, as in training.
CONTEXT = 2.0


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
        """The window of [H, W, ...] as [side, side, ...], mirrored at the borders."""
        height, width = pixels.shape[:2]
        before = max(0, -self.top), max(0, -self.left)
        after = (
            max(0, self.top + self.side - height),
            max(0, self.left + self.side - width),
        )
        part = pixels[self.inside(height, width)]
        if not any(before + after):
            return part
        pad = (*zip(before, after, strict=True), *[(0, 0)] * (pixels.ndim - 2))
        return np.pad(part, pad, mode="symmetric")

    def crop(self, pixels: np.ndarray, height: int, width: int) -> np.ndarray:
        """Of [side, side, ...] what lies inside a photo of that size: undoes `cut`."""
        rows, columns = self.inside(height, width)
        return pixels[
            rows.start - self.top : rows.stop - self.top,
            columns.start - self.left : columns.stop - self.left,
        ]

    def inside(self, height: int, width: int) -> tuple[slice, slice]:
        """Rows and columns of a photo of that size that the window covers."""
        return (
            slice(max(0, self.top), min(height, self.top + self.side)),
            slice(max(0, self.left), min(width, self.left + self.side)),
        )


def place_window(
    box: tuple[int, int, int, int], height: int, width: int, size: int
) -> Window:
    """The window of a box: square, centred on it, inside the photo where possible.

    Args:
        box: left, top, width and height of the hole, in pixels.
        height: of the photo.
        width: of the photo.
        size: side that the network takes; smaller holes are not magnified beyond it.
    """
    left, top, box_width, box_height = box
    longer = max(box_width, box_height)
    side = max(size, round(CONTEXT * longer))
    # Inside the photo as long as the hole fits; else the borders are mirrored.
    side = min(side, max(longer, min(height, width)))
    return Window(
        _place(top + box_height / 2, side, height),
        _place(left + box_width / 2, side, width),
        side,
    )


def _place(center: float, side: int, length: int) -> int:
    """Where `side` pixels start so that they are centred, but within `length`."""
    if side > length:
        return -((side - length) // 2)
    return min(max(0, round(center - side / 2)), length - side)
