"""The signature `erase`: one photo of any size, all of the command's steps in a graph.

As `Eraser.erase(image, mask, detail=0)` does for a hole of one window: a square
round the hole, scaled to the network, filled, scaled back, once more from nearer, its
seam taken out, pasted.
It does not cut thin holes, nor group scattered ones, as `erasing.regions` does: a wire
across a photo is one window, as large as it, and coarser for it.
"""

import functools
from collections.abc import Callable, Mapping

import tensorflow as tf
from tensorflow.types.experimental import PolymorphicFunction

from ce_tf.completion.composition import complete
from ce_tf.erasing import decisions, network_fill
from ce_tf.exporting import window_graph
from ce_tf.exporting.fusion import fuse
from ce_tf.exporting.hole_rule import find_hole
from ce_tf.exporting.membrane import continue_rim, match_rim
from ce_tf.exporting.resampling import enlarge_weights, resample, shrink_weights
from ce_tf.exporting.sharpening import sharpen
from ce_tf.exporting.window_graph import GraphWindow

# What `network.make_erase` gives, for pictures of side S.
Fill = Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]


def make_photo_erase(fills: Mapping[int, Fill]) -> PolymorphicFunction:
    """The function `erase(image, mask) -> {"image": completed}` of one photo.

    Args:
        fills: the network, by the side S of the squares that it takes; the window
            takes the one that fits it, as the eraser's windows do.

    Returns:
        A tf.function of `image` uint8 [H, W, 3], RGB, and `mask` uint8 [H, W, 1], by
        the rule of `hole_rule`, that gives `image` uint8 [H, W, 3]: outside the hole to
        the bit what went in. It raises InvalidArgumentError where the sizes differ, or
        the mask marks nothing or everything.
    """

    def erase(image: tf.Tensor, mask: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"image": erase_photo(fills, image, mask)}

    return tf.function(
        erase,
        input_signature=[
            tf.TensorSpec([None, None, 3], tf.uint8, name="image"),
            tf.TensorSpec([None, None, 1], tf.uint8, name="mask"),
        ],
    )


def erase_photo(
    fills: Mapping[int, Fill], image: tf.Tensor, mask: tf.Tensor
) -> tf.Tensor:
    """Erases in a graph what a mask marks; see `make_photo_erase`."""
    image, mask = _check(image, find_hole(mask))
    hole = tf.cast(mask[..., 0], tf.float32)
    box = window_graph.find_box(hole)
    pixels = tf.math.count_nonzero(hole, dtype=tf.int32)
    window = window_graph.place_window(box, pixels, hole, min(fills))
    around = tf.cast(window.inside(image), tf.float32)
    around_hole = window.inside(hole[..., tf.newaxis])
    view = window.move_inside()
    fill = choose(
        window.side,
        {
            size: functools.partial(
                _fill_view, network, size, around, around_hole, view
            )
            for size, network in fills.items()
        },
    )
    guess = match_rim(around, around_hole, fill)
    guess = sharpen(complete(around, around_hole, guess))
    guess = continue_rim(around, around_hole, guess)
    guess = complete(around, around_hole, guess)
    completed = window.paste(image, tf.cast(guess, tf.uint8))
    return tf.ensure_shape(completed, [None, None, 3])


def choose(side: tf.Tensor, ways: Mapping[int, Callable[[], tf.Tensor]]) -> tf.Tensor:
    """Goes the way of the size that `decisions.choose_size` chooses, and no other.

    Args:
        side: int32, of a window.
        ways: by the network's size.
    """
    size, *larger = sorted(ways)
    if not larger:
        return ways[size]()
    rest = {other: ways[other] for other in larger}
    fits = decisions.fits_size(side, size)
    return tf.cond(fits, ways[size], lambda: choose(side, rest))


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


def _fill_view(
    fill: Fill, size: int, image: tf.Tensor, hole: tf.Tensor, window: GraphWindow
) -> tf.Tensor:
    """Four looks at a window, as `looks.fill_view`: float [h, w, 3], whole numbers.

    Args:
        fill: the network.
        size: S.
        image: float [h, w, 3], what lies in the window, in [0, 255].
        hole: float [h, w, 1], 1 = to be filled.
        window: in pixels of the image.
    """

    def look(seen: GraphWindow, mirrored: bool = False) -> tf.Tensor:
        square, known = seen.cut(image), 1 - seen.cut(hole)
        filled = _fill_square(fill, size, square, known, mirrored)
        weights = enlarge_weights(tf.constant(size), seen.side)
        large = tf.clip_by_value(tf.round(resample(filled, weights)), 0, 255)
        return seen.crop(large)

    first = look(window)
    box = window_graph.find_box(hole[..., 0])
    closer = window_graph.look_closer(box, window, size)
    widest, closest = closer[0], closer[-1]

    def look_again() -> tf.Tensor:
        guesses = [first]
        for seen, mirrored in [*((each, True) for each in closer), (closest, False)]:
            guesses.append(seen.paste(first, look(seen, mirrored)))
        inner = [widest.inside(guess) for guess in guesses]
        fused = fuse(inner, widest.inside(image), widest.inside(hole))
        return widest.paste(first, fused)

    longer = tf.maximum(*box[2:])
    again = decisions.is_seen_again(longer, size)
    again &= tf.reduce_any(closest.inside(hole) == 0)
    return tf.cond(again, look_again, lambda: first)


def _fill_square(
    fill: Fill, size: int, square: tf.Tensor, known: tf.Tensor, mirrored: bool
) -> tf.Tensor:
    """Fills a square at the network's size, as `network_fill.fill_square` does.

    Args:
        fill: the network.
        size: S.
        square: float [side, side, 3] in [0, 255].
        known: float [side, side, 1], 1 = kept, 0 = to be filled.
        mirrored: the network sees left as right.

    Returns:
        float [S, S, 3] in [0, 255], whole numbers.
    """
    side = tf.shape(square)[0]
    weights = shrink_weights(side, tf.constant(size))
    total, weight = resample(square * known, weights), resample(known, weights)
    mean = tf.round(total / tf.maximum(weight, network_fill.LEAST))
    small = tf.clip_by_value(mean, 0, 255)
    area = measure_known(known[..., 0], size)
    under = tf.square(tf.cast(side, tf.float64))
    hole = decisions.is_hole(area, under, tf.reduce_max(area))[..., tf.newaxis]
    image, mask = (
        tf.ensure_shape(tf.cast(pixels, tf.uint8), [size, size, channels])
        for pixels, channels in ((small, 3), (hole, 1))
    )
    way = -1 if mirrored else 1
    seen = (pixels[tf.newaxis, :, ::way] for pixels in (image, mask))
    filled = fill(*seen)["image"][0, :, ::way]
    return tf.cast(filled, tf.float32)


def measure_known(known: tf.Tensor, size: int) -> tf.Tensor:
    """As `network_fill.measure_known`, of float [side, side], in float64."""
    sums = tf.cumsum(tf.cumsum(tf.cast(known, tf.float64), 0), 1)
    sums = tf.pad(sums, [[1, 0], [1, 0]])
    side = tf.shape(known)[0]
    edges = tf.range(size + 1) * side
    whole = edges // size
    after = tf.minimum(whole + 1, side)
    part = tf.cast(edges % size, tf.float64)
    for _ in range(2):  # down the columns, then along the rows
        read = tf.gather(sums, whole) * (size - part)[:, tf.newaxis]
        sums = tf.transpose(read + tf.gather(sums, after) * part[:, tf.newaxis])
        sums = sums[:, 1:] - sums[:, :-1]
    return sums
