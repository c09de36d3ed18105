"""Which part of a picture an example shows: drawn at random, or the centre."""

import tensorflow as tf

from ce_tf.data.seeds import Stream
from ce_tf.records import schema

# Which share of the pictures is enlarged, where that is asked.
_ENLARGED = 1 / 3


def draw_sides(
    stream: Stream,
    count: tf.Tensor,
    epoch: tf.Tensor,
    chunk: tf.Tensor,
    size: int,
    zoom: float,
) -> tf.Tensor:
    """Sides of the squares that are cut out, int32 [count], at most `size`.

    A third lies between `size / zoom` and `size`, evenly in the logarithm; the others
    are `size`. The eraser enlarges too: its closer look at a small hole, up to twice.
    """
    draws = tf.random.stateless_uniform(tf.stack([count, 2]), stream.key(epoch, chunk))
    enlarged = tf.cast(tf.math.ceil(size * zoom ** -draws[:, 1]), tf.int32)
    return tf.where(draws[:, 0] < _ENLARGED, enlarged, size)


def draw_crops(
    stream: Stream, count: tf.Tensor, epoch: tf.Tensor, chunk: tf.Tensor
) -> tf.Tensor:
    """Random numbers for `place_crops`, float [count, 3] in [0, 1)."""
    return tf.random.stateless_uniform(tf.stack([count, 3]), stream.key(epoch, chunk))


def place_crops(
    draws: tf.Tensor, height: tf.Tensor, width: tf.Tensor, side: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Where to crop and whether to flip.

    Args:
        draws: float [N, 3] in [0, 1).
        height: int64 [N], of each picture, at least its side; `width` likewise.
        side: int32 [N], of each crop.

    Returns:
        int32 [N, 2], top and left; int32 [N], 1 to flip and 0 to leave.
    """
    room = tf.stack([height, width], -1) - tf.cast(side, tf.int64)[:, tf.newaxis]
    place = tf.cast(draws[:, :2] * tf.cast(room + 1, tf.float32), tf.int64)
    # A product just below `room + 1` may round up to it.
    return tf.cast(tf.minimum(place, room), tf.int32), tf.cast(
        draws[:, 2] < 0.5, tf.int32
    )


def center_crop(height: tf.Tensor, width: tf.Tensor, size: int) -> tf.Tensor:
    """Top and left of the middle square, int32 [..., 2]."""
    return tf.cast(tf.stack([height, width], -1) - size, tf.int32) // 2


def decode_square(
    encoded: tf.Tensor,
    offset: tf.Tensor,
    size: int,
    lossless: bool,
    side: tf.Tensor | None = None,
) -> tf.Tensor:
    """Decodes the square at `offset` (top, left) alone, uint8 [size, size, 3].

    With `side`, int32 [], it has that many pixels, and is scaled to `size`, bilinear.
    """
    shape = [size, size] if side is None else [side, side]
    image = schema.decode_crop(encoded, tf.concat([offset, shape], 0), lossless)
    if side is not None:
        image = tf.cast(tf.round(tf.image.resize(image, [size, size])), tf.uint8)
    return tf.ensure_shape(image, [size, size, 3])


def decode_hole(encoded: tf.Tensor, size: int) -> tf.Tensor:
    """Decodes a hole, uint8 [size, size, 1], 1 = hole."""
    return tf.ensure_shape(schema.decode_mask(encoded), [size, size, 1])
