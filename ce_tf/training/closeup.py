"""A close-up of the hole: the part of the pictures that features are made of."""

import tensorflow as tf

DRAWS = 3


def close_up(
    tensors: tuple[tf.Tensor, ...], mask: tf.Tensor, draws: tf.Tensor, size: int
) -> tuple[tf.Tensor, ...]:
    """Cuts the same square out of each tensor, round a pixel of the hole.

    A hole fills a fifth of a picture or so, and outside of it completed and real
    pictures are equal: what is looked at there costs time and teaches nothing.

    Args:
        tensors: what is cut, each [B, H, W, C].
        mask: [B, H, W, 1], 1 = hole; where it is empty the square lies anywhere.
        draws: float [B, DRAWS] in [0, 1): which pixel of the hole, and where in the
            square it lies.
        size: side of the square, pixels, at most H and W.

    Returns:
        Of each tensor [B, size, size, C].
    """
    height, width = mask.shape[1:3]
    inside = tf.cumsum(tf.reshape(tf.cast(mask > 0, tf.int32), [-1, height * width]), 1)
    total = tf.cast(inside[:, -1:], tf.float32)
    # The pixel before which lies this share of the hole.
    chosen = tf.cast(tf.floor(draws[:, :1] * total), tf.int32)
    pixel = tf.reduce_sum(tf.cast(inside <= chosen, tf.int32), 1)
    pixel = tf.minimum(pixel, height * width - 1)

    def along(place: tf.Tensor, draw: tf.Tensor, side: int) -> tf.Tensor:
        start = place - tf.cast(draw * size, tf.int32)
        start = tf.clip_by_value(start, 0, side - size)
        return start[:, tf.newaxis] + tf.range(size)

    rows = along(pixel // width, draws[:, 1], height)
    columns = along(pixel % width, draws[:, 2], width)
    return tuple(
        tf.gather(
            tf.gather(tensor, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1
        )
        for tensor in tensors
    )
