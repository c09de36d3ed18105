"""`erasing.window.Window` in a graph, where a photo's size is a tensor."""

import dataclasses

import tensorflow as tf

from ce_tf.erasing import decisions


@dataclasses.dataclass(frozen=True)
class GraphWindow:
    """A square in a photo's pixels; it may reach beyond the photo where that is small.

    Attributes:
        top: int32, first row, may be negative.
        left: int32, first column, may be negative.
        side: int32, rows and columns.
        height: int32, of the photo.
        width: int32, of the photo.
    """

    top: tf.Tensor
    left: tf.Tensor
    side: tf.Tensor
    height: tf.Tensor
    width: tf.Tensor

    def cut(self, pixels: tf.Tensor) -> tf.Tensor:
        """The window of [H, W, C] as [side, side, C], mirrored at the borders."""
        for axis, first in enumerate((self.top, self.left)):
            count = tf.shape(pixels)[axis]
            place = tf.math.floormod(first + tf.range(self.side), 2 * count)
            place = tf.minimum(place, 2 * count - 1 - place)
            pixels = tf.gather(pixels, place, axis=axis)
        return pixels

    def inside(self, pixels: tf.Tensor) -> tf.Tensor:
        """Of a photo [H, W, C] what lies in the window."""
        (top, bottom), (left, right) = self._spans()
        return pixels[top:bottom, left:right]

    def crop(self, square: tf.Tensor) -> tf.Tensor:
        """Of [side, side, C] what lies inside the photo: undoes `cut`."""
        (top, bottom), (left, right) = self._spans()
        return square[
            top - self.top : bottom - self.top, left - self.left : right - self.left
        ]

    def move_inside(self) -> "GraphWindow":
        """The same square, in pixels of what `inside` gives."""
        (top, bottom), (left, right) = self._spans()
        return GraphWindow(
            self.top - top, self.left - left, self.side, bottom - top, right - left
        )

    def paste(self, pixels: tf.Tensor, part: tf.Tensor) -> tf.Tensor:
        """The photo with `part` where `inside` cuts."""
        (top, bottom), (left, right) = self._spans()
        rows = pixels[top:bottom]
        middle = tf.concat([rows[:, :left], part, rows[:, right:]], 1)
        return tf.concat([pixels[:top], middle, pixels[bottom:]], 0)

    def _spans(self) -> list[tuple[tf.Tensor, tf.Tensor]]:
        return [
            (tf.maximum(0, first), tf.minimum(length, first + self.side))
            for first, length in ((self.top, self.height), (self.left, self.width))
        ]


def look_closer(
    box: tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
    window: GraphWindow,
    size: int,
) -> list[GraphWindow]:
    """What of a window closer looks show, by `decisions.look_closer`."""
    whole = window.top, window.left, window.side
    places = decisions.look_closer(box, whole, size, tf.minimum, tf.maximum)
    return [GraphWindow(*place, window.height, window.width) for place in places]


def find_box(hole: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
    """Left, top, width and height, int32, of what float [H, W] marks; not nothing."""
    spans = []
    for axis in (0, 1):
        used = tf.where(tf.reduce_max(hole, axis=axis) > 0)[:, 0]
        spans.append((tf.cast(used[0], tf.int32), tf.cast(used[-1], tf.int32) + 1))
    (left, right), (top, bottom) = spans
    return left, top, right - left, bottom - top


def place_window(
    box: tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
    pixels: tf.Tensor,
    photo: tf.Tensor,
    size: int,
) -> GraphWindow:
    """The window of a box, by `decisions.place_window`.

    Args:
        box: left, top, width and height of the hole.
        pixels: of the hole.
        photo: [H, W, ...], whose shape counts.
        size: side that the network takes.
    """
    height, width = tf.unstack(tf.shape(photo)[:2])
    place = decisions.place_window(
        box, pixels, height, width, size, tf.minimum, tf.maximum
    )
    return GraphWindow(*place, height, width)
