"""The signature `erase_bytes`: files in, PNG files out, as servers send them.

Photos of one request may differ in size. A photo comes back as it was sent: grey stays
grey, an alpha channel stays; what JPEG lost before is all that is lost.
"""

from collections.abc import Callable

import tensorflow as tf
from tensorflow.types.experimental import PolymorphicFunction

from ce_tf.exporting.image_files import decode_mask, decode_photo


def make_bytes_erase(erase_photo: Callable) -> PolymorphicFunction:
    """The function `erase_bytes(image_bytes, mask_bytes) -> {"image_bytes": png}`.

    Args:
        erase_photo: what `photo_signature.make_photo_erase` gives.

    Returns:
        A tf.function of `image_bytes` and `mask_bytes`, string [N], each a JPEG or PNG
        file, that gives `image_bytes`, string [N], PNG files. It raises
        InvalidArgumentError, whose message names the input, for what
        `encoded.decode_photo`, `encoded.decode_mask` and `make_photo_erase` refuse.
    """

    def erase(image_bytes: tf.Tensor, mask_bytes: tf.Tensor) -> dict[str, tf.Tensor]:
        counts = tf.size(image_bytes), tf.size(mask_bytes)
        check = tf.debugging.Assert(
            counts[0] == counts[1],
            ["image_bytes needs as many files as mask_bytes", *counts],
        )
        with tf.control_dependencies([check]):
            pairs = tf.identity(image_bytes), tf.identity(mask_bytes)
        encoded = tf.map_fn(
            lambda pair: _erase_file(erase_photo, *pair),
            pairs,
            fn_output_signature=tf.TensorSpec([], tf.string),
        )
        return {"image_bytes": encoded}

    return tf.function(
        erase,
        input_signature=[
            tf.TensorSpec([None], tf.string, name="image_bytes"),
            tf.TensorSpec([None], tf.string, name="mask_bytes"),
        ],
    )


def _erase_file(erase_photo: Callable, image: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    pixels = decode_photo(image)
    rgb = _to_rgb(pixels)
    completed = erase_photo(rgb, decode_mask(mask))["image"]
    return tf.io.encode_png(_like(pixels, rgb, completed))


def _to_rgb(pixels: tf.Tensor) -> tf.Tensor:
    """uint8 [H, W, 3] of grey, colour, or either with alpha."""
    grey = tf.shape(pixels)[2] < 3
    return tf.cond(grey, lambda: tf.repeat(pixels[..., :1], 3, -1), lambda: _3(pixels))


def _3(pixels: tf.Tensor) -> tf.Tensor:
    return tf.ensure_shape(pixels[..., :3], [None, None, 3])


def _like(pixels: tf.Tensor, rgb: tf.Tensor, completed: tf.Tensor) -> tf.Tensor:
    """What was completed, with the channels that the photo has."""
    channels = tf.shape(pixels)[2]

    def grey() -> tf.Tensor:
        mean = tf.round(tf.reduce_mean(tf.cast(completed, tf.float32), -1, True))
        changed = tf.reduce_any(completed != rgb, -1, keepdims=True)
        return tf.where(changed, tf.cast(mean, tf.uint8), pixels[..., :1])

    colour = tf.cond(channels < 3, grey, lambda: completed)
    # Alpha is what comes behind the colours.
    alpha = pixels[..., tf.shape(colour)[2] :]
    return tf.concat([colour, alpha], -1)
