"""The signature `erase`: one photo of any size, all of the command's steps in a graph.

As `eraser.Eraser.erase(image, mask, detail=0)` does for a hole of one window: a square
round the hole, scaled to the network, filled, scaled back, its seam taken out, pasted.
"""

from collections.abc import Callable

import tensorflow as tf
from tensorflow.types.experimental import PolymorphicFunction

from ce_tf.erasing import progressive_fill
from ce_tf.exporting import window_graph
from ce_tf.exporting.membrane import match_rim
from ce_tf.exporting.resampling import enlarge_weights, resample, shrink_weights

# What `signature.make_erase` gives, for pictures of side S.
Fill = Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]


def make_photo_erase(fill: Fill, size: int) -> PolymorphicFunction:
    """The function `erase(image, mask) -> {"image": completed}` of one photo.

    Args:
        fill: the network.
        size: side S of the squares that it takes.

    Returns:
        A tf.function of `image` uint8 [H, W, 3], RGB, and `mask` uint8 [H, W, 1], any
        non-zero value is hole, that gives `image` uint8 [H, W, 3]: outside the hole to
        the bit what went in. It raises InvalidArgumentError where the sizes differ, or
        the mask marks nothing or everything.
    """

    def erase(image: tf.Tensor, mask: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"image": erase_photo(fill, size, image, mask)}

    return tf.function(
        erase,
        input_signature=[
            tf.TensorSpec([None, None, 3], tf.uint8, name="image"),
            tf.TensorSpec([None, None, 1], tf.uint8, name="mask"),
        ],
    )


def erase_photo(fill: Fill, size: int, image: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """Erases in a graph what a mask marks; see `make_photo_erase`."""
    image, mask = _check(image, mask)
    hole = tf.cast(mask[..., 0] != 0, tf.float32)
    window = window_graph.place_window(window_graph.find_box(hole), hole, size)
    hole = hole[..., tf.newaxis]
    square = tf.cast(window.cut(image), tf.float32)
    filled = _fill_square(fill, size, square, 1 - window.cut(hole))
    weights = enlarge_weights(tf.constant(size), window.side)
    large = tf.clip_by_value(tf.round(resample(filled, weights)), 0, 255)
    around, around_hole = window.inside(image), window.inside(hole)
    guess = match_rim(tf.cast(around, tf.float32), around_hole, window.crop(large))
    guess = tf.where(around_hole > 0, tf.cast(guess, tf.uint8), around)
    completed = window.paste(image, guess)
    return tf.ensure_shape(completed, [None, None, 3])


def _check(image: tf.Tensor, mask: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Image and mask, once it is certain that the mask can be erased."""
    hole = mask != 0
    same = tf.reduce_all(tf.shape(image)[:2] == tf.shape(mask)[:2])
    checks = [
        _assert(same, "mask and image differ in height and width", image, mask),
        _assert(
            tf.reduce_any(hole),
            "mask is all black: nothing is to be erased; white marks the hole",
            mask,
        ),
        _assert(
            ~tf.reduce_all(hole),
            "mask is all white: nothing is left to fill from; white marks the hole",
            mask,
        ),
    ]
    with tf.control_dependencies(checks):
        return tf.identity(image), tf.identity(mask)


def _assert(condition: tf.Tensor, message: str, *shown: tf.Tensor):
    shapes = [tf.shape(tensor) for tensor in shown]
    return tf.debugging.Assert(condition, [message, *shapes])


def _fill_square(
    fill: Fill, size: int, square: tf.Tensor, known: tf.Tensor
) -> tf.Tensor:
    """Fills a square at the network's size, as `progressive_fill.fill_square` does.

    Args:
        fill: the network.
        size: S.
        square: float [side, side, 3] in [0, 255].
        known: float [side, side, 1], 1 = kept, 0 = to be filled.

    Returns:
        float [S, S, 3] in [0, 255], whole numbers.
    """
    weights = shrink_weights(tf.shape(square)[0], tf.constant(size))
    # In whole levels, as bytes are scaled.
    total = tf.round(resample(square * known, weights))
    weight = tf.round(resample(known * 255, weights)) / 255
    small = tf.clip_by_value(tf.round(total / tf.maximum(weight, 1 / 255)), 0, 255)
    hole = tf.where(
        tf.reduce_all(weight < 0.5), weight < tf.reduce_max(weight), weight < 0.5
    )

    def run(filled: tf.Tensor, remaining: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        image = tf.cast(filled, tf.uint8)[tf.newaxis]
        found = fill(image, tf.cast(remaining, tf.uint8)[tf.newaxis])["image"][0]
        share = tf.reduce_mean(tf.cast(remaining, tf.float32))
        outer = remaining & ((share <= progressive_fill.MOST) | _rim_part(remaining))
        filled = tf.where(outer, tf.cast(found, tf.float32), filled)
        return filled, remaining & ~outer

    small = tf.ensure_shape(small, [size, size, 3])
    hole = tf.ensure_shape(hole, [size, size, 1])
    return tf.while_loop(
        lambda _, remaining: tf.reduce_any(remaining), run, (small, hole)
    )[0]


def _rim_part(remaining: tf.Tensor) -> tf.Tensor:
    """The outer part of what remains, which one round keeps; bool [S, S, 1]."""
    depth = _distance(remaining[..., 0])[..., tf.newaxis]
    return depth <= tf.maximum(1.0, tf.reduce_max(depth) * progressive_fill.DEPTH)


def _distance(hole: tf.Tensor) -> tf.Tensor:
    """Distance of each hole pixel to the nearest known one; float [S, S]."""
    size = hole.shape[0]
    place = tf.range(size, dtype=tf.float32)
    squares = (place[:, tf.newaxis] - place) ** 2  # (S, S)
    far = tf.where(hole, 4.0 * size * size, 0.0)
    # Along each row, then down the columns: exact (Saito and Toriwaki 1994).
    rows = tf.reduce_min(far[:, tf.newaxis] + squares[tf.newaxis], axis=-1)
    return tf.sqrt(tf.reduce_min(rows[tf.newaxis] + squares[..., tf.newaxis], axis=1))
