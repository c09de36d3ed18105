"""Two of the looks that the eraser takes of each picture; losses see their mean."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from ce_tf.completion.masking import fill_hole, measure_margins
from ce_tf.erasing.decisions import look_closer


def look_twice(
    generator: keras.Model,
    masked: tf.Tensor,
    mask: tf.Tensor,
    fill_color: tf.Tensor | None,
) -> tf.Tensor:
    """The mean of what the generator makes of pictures and of a closer look at each.

    The eraser fuses several looks (`erasing.looks`), and of guesses that are averaged
    each edge is as strong as it is sure. A generator whose loss is that of the mean
    learns looks that are right together, and of which the mean is not as soft. The
    second look is the eraser's closest: a square of 4/3 of the hole's longer side, at
    least half the picture's, centred on it, enlarged and mirrored. Both are one batch.

    Args:
        generator: called with twice the pictures, in training.
        masked: float [B, S, S, 3] in [-1, 1], pictures with their hole filled.
        mask: float [B, S, S, 1], 1 = hole.
        fill_color: of the hole of the closer look, as `masking.fill_hole` takes it.

    Returns:
        float [B, S, S, 3]; outside the closer square, where there is no hole, half of
        it means nothing.
    """
    size = mask.shape[1]
    top, left, side = (tf.cast(of, tf.float32) for of in _place_closer(mask))
    middles = tf.range(size, dtype=tf.float32) + 0.5
    # Pixels of the picture that the closer look shows, and the way back.
    inner = tf.clip_by_value(middles * side[:, None] / size, 0.5, side[:, None] - 0.5)
    shown = [first[:, None] + inner for first in (top, left)]
    back = [(middles - first[:, None]) * size / side[:, None] for first in (top, left)]
    known = 1.0 - mask
    weight = _resample(known, shown, tf.ones_like(side))
    seen = _resample(masked * known, shown, tf.ones_like(side))
    hole = tf.cast(weight < 0.5, tf.float32)
    closer = fill_hole(tf.math.divide_no_nan(seen, weight), hole, fill_color)
    fakes = generator(
        {
            "image": tf.concat([masked, tf.reverse(closer, [2])], 0),
            "mask": tf.concat([mask, tf.reverse(hole, [2])], 0),
        },
        training=True,
    )
    first, second = tf.split(fakes, 2)
    second = _resample(tf.reverse(second, [2]), back, size / side)
    return (first + second) / 2


def _place_closer(mask: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Top, left and side of each picture's closer look, int32 [B]."""
    size = mask.shape[1]

    def span(axis: int) -> tuple[tf.Tensor, tf.Tensor]:
        margins = measure_margins(mask, axis)
        first, after = (tf.cast(margin, tf.int32) for margin in margins)
        return first, size - after - first

    (top, height), (left, width) = span(1), span(2)
    box = left, top, width, height
    return look_closer(box, (0, 0, size), size, tf.minimum, tf.maximum)[-1]


def _resample(
    pixels: tf.Tensor, places: Sequence[tf.Tensor], reach: tf.Tensor
) -> tf.Tensor:
    """Reads pictures between their pixels, by the weights of a tent.

    Args:
        pixels: float [B, H, W, C].
        places: down and across, float [B, h] and [B, w]; the first pixel's middle is
            at 0.5. Beyond the border lies the nearest pixel.
        reach: float [B], half the tent's width: 1 is bilinear; what is shrunk n times
            takes n.

    Returns:
        float [B, h, w, C].
    """

    def weigh(places: tf.Tensor, length: int) -> tf.Tensor:
        middles = tf.range(length, dtype=tf.float32) + 0.5
        places = tf.clip_by_value(places, 0.5, length - 0.5)
        away = tf.abs(places[..., tf.newaxis] - middles) / reach[:, None, None]
        tent = tf.maximum(1.0 - away, 0.0)
        return tent / tf.reduce_sum(tent, -1, keepdims=True)

    down, across = map(weigh, places, pixels.shape[1:3])
    return tf.einsum("bhi,bwj,bijc->bhwc", down, across, pixels)
