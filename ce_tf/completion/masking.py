"""The device half of the input: cast, normalise, vary the holes, mask, fill.

The replica function calls `prepare_batch` first, so that all of this runs on the GPU
where there is one. Every op below has a GPU kernel.

The hole rule: a mask is 1 where the picture is to be filled, 0 where it is kept.
Pictures are float [B, H, W, 3] in [-1, 1], masks float [B, H, W, 1] of 0 and 1.
"""

import tensorflow as tf

from ce_tf.completion.composition import complete

# Random numbers that `vary_masks` takes for each mask.
DRAWS = 4
# Scope of this work in traced functions and profiles.
PREPARE = "prepare_batch"


def prepare_batch(
    image: tf.Tensor,
    mask: tf.Tensor,
    draws: tf.Tensor | None,
    fill_color: tf.Tensor | None,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """From the host's uint8 batch to what the networks take.

    Args:
        image: uint8 [B, H, W, 3].
        mask: uint8 [B, H, W, 1], any non-zero value is hole.
        draws: float [B, DRAWS] in [0, 1) to vary the masks by; None leaves them.
        fill_color: float [3] in [-1, 1]; None fills with the visible pixels' mean.

    Returns:
        image, mask, and masked: the image with its hole filled.
    """
    with tf.name_scope(PREPARE):
        image = normalize(image)
        # Any non-zero byte is hole; a comparison of bytes has no TFLite kernel.
        mask = tf.minimum(tf.cast(mask, tf.float32), 1.0)
        if draws is not None:
            mask = vary_masks(mask, draws)
        return image, mask, fill_hole(image, mask, fill_color)


def normalize(image: tf.Tensor) -> tf.Tensor:
    """uint8 [0, 255] to float [-1, 1]."""
    return tf.cast(image, tf.float32) / 127.5 - 1.0


def denormalize(image: tf.Tensor) -> tf.Tensor:
    """float [-1, 1] to uint8 [0, 255], rounded; the inverse of `normalize`."""
    return tf.cast(tf.round(tf.clip_by_value((image + 1.0) * 127.5, 0, 255)), tf.uint8)


def fill_hole(
    image: tf.Tensor, mask: tf.Tensor, color: tf.Tensor | None = None
) -> tf.Tensor:
    """Fills the hole with one colour.

    The default colour is the mean of each picture's VISIBLE pixels: a mean of all
    pixels would tell the network about the hidden ones. Without a visible pixel it is
    0, mid-grey.

    Args:
        image: float [B, H, W, 3] in [-1, 1].
        mask: float [B, H, W, 1].
        color: float [3] in [-1, 1], for all pictures; None for the visible mean.

    Returns:
        float [B, H, W, 3] in [-1, 1].
    """
    if color is None:
        visible = 1.0 - mask
        total = tf.reduce_sum(image * visible, axis=(1, 2), keepdims=True)
        count = tf.reduce_sum(visible, axis=(1, 2), keepdims=True)
        color = total / tf.maximum(count, 1.0)  # (B, 1, 1, 3)
    return complete(image, mask, color)


def vary_masks(mask: tf.Tensor, draws: tf.Tensor) -> tf.Tensor:
    """Flips each mask and moves its hole, whole, to another place.

    A hole that touches a border stays at that border, for its cut side would look odd
    elsewhere. Nothing leaves the picture, so the hole's area is kept exactly.

    Args:
        mask: float [B, H, W, 1] of 0 and 1.
        draws: float [B, 4] in [0, 1): left-right flip, up-down flip, shift down,
            shift right.

    Returns:
        float [B, H, W, 1] of 0 and 1.
    """
    flips = tf.reshape(draws, (-1, DRAWS, 1, 1, 1)) < 0.5
    mask = tf.where(flips[:, 0], tf.reverse(mask, axis=[2]), mask)
    mask = tf.where(flips[:, 1], tf.reverse(mask, axis=[1]), mask)
    for axis in (1, 2):
        mask = _shift(mask, draws[:, axis + 1], axis)
    return mask


def _shift(mask: tf.Tensor, draw: tf.Tensor, axis: int) -> tf.Tensor:
    """Moves holes along `axis` (1 down, 2 right) by as much as `draw` [B] says."""
    size = mask.shape[axis]
    first, after = measure_margins(mask, axis)
    free = tf.logical_and(first > 0, after > 0)
    shift = tf.floor(draw * (first + after + 1.0)) - first
    shift = tf.where(free, shift, tf.zeros_like(shift))  # (B,)
    place = tf.range(size, dtype=tf.float32)[tf.newaxis] - shift[:, tf.newaxis]
    index = tf.cast(tf.math.floormod(place, float(size)), tf.int32)  # (B, size)
    return tf.gather(mask, index, axis=axis, batch_dims=1)


def measure_margins(mask: tf.Tensor, axis: int) -> tuple[tf.Tensor, tf.Tensor]:
    """How many pixels lie before and after each hole along `axis` (1 down, 2 right).

    Args:
        mask: float [B, H, W, 1], 1 = hole.
        axis: 1 or 2.

    Returns:
        Two of float [B], whole numbers; 0 and 0 without a hole.
    """
    used = tf.reduce_max(mask, axis=(3 - axis, 3))  # (B, size)
    # Floats: the integer kernels of these ops run on the host.
    first = tf.cast(tf.argmax(used, axis=1), tf.float32)
    after = tf.cast(tf.argmax(tf.reverse(used, axis=[1]), axis=1), tf.float32)
    return first, after
