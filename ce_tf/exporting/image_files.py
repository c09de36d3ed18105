"""Decodes JPEG and PNG files in a graph, and refuses what is none, or too large.

A file's size is read from its header first: a small file can hold a picture that no
memory does. Names of ops begin with the input's name, so that errors of the decoders,
too, say which file they are about.
"""

import tensorflow as tf

from ce_tf.exporting.hole_rule import find_hole

# Pixels that a picture may have.
MOST_PIXELS = 100_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"


def decode_photo(data: tf.Tensor) -> tf.Tensor:
    """Decodes a photo: uint8 [H, W, C], 1 to 4 channels, the last of 2 or 4 is alpha.

    Pixels are as they lie in the file: an orientation that its EXIF tells is not
    applied. Raises InvalidArgumentError where it is no JPEG or PNG, is damaged, has 16
    bits a channel, or more than `MOST_PIXELS`.

    Args:
        data: string [], the file.
    """
    with tf.name_scope("image_bytes"):
        is_png, size = _read_header(data, "image_bytes")
        deep = is_png & (size[2] > 8)
        data = _require(
            ~deep, "image_bytes has 16 bits a channel; give 8", data, size[2]
        )
        return tf.cond(
            is_png, lambda: tf.io.decode_png(data), lambda: _decode_jpeg(data, size)
        )


def decode_mask(data: tf.Tensor) -> tf.Tensor:
    """Decodes a mask by the rule of `hole_rule`: uint8 [H, W, 1], 1 = hole.

    As the command reads it: alpha counts only where the colours are the same all over.
    Raises as `decode_photo`; it may have 16 bits.

    Args:
        data: string [], the file.
    """
    with tf.name_scope("mask_bytes"):
        is_png, size = _read_header(data, "mask_bytes")
        with tf.control_dependencies([size]):
            data = tf.identity(data)
        pixels = tf.cond(
            is_png,
            lambda: tf.io.decode_png(data, dtype=tf.uint16),
            lambda: tf.cast(_decode_jpeg(data, size), tf.uint16),
        )
        channels = tf.shape(pixels)[2]
        colours = channels - 1 + channels % 2
        colour, alpha = pixels[..., :colours], pixels[..., colours:]
        flat = tf.reduce_all(colour == colour[:1, :1])
        by_alpha = flat & (channels % 2 == 0)
        values = tf.cond(by_alpha, lambda: alpha, lambda: colour)
        # A PNG of 8 bits is read as one of 16, each value times 257.
        return tf.cond(
            is_png, lambda: find_hole(values, 65535), lambda: find_hole(values)
        )


def _decode_jpeg(data: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
    """uint8 [H, W, 1 or 3]; the accurate transform, as other decoders have it."""
    return tf.cond(
        size[3] == 1,
        lambda: tf.io.decode_jpeg(data, 1, dct_method="INTEGER_ACCURATE"),
        lambda: tf.io.decode_jpeg(data, 3, dct_method="INTEGER_ACCURATE"),
    )


def _read_header(data: tf.Tensor, name: str) -> tuple[tf.Tensor, tf.Tensor]:
    """Whether it is a PNG, and int64 [4]: height, width, bits, channels of a JPEG."""
    length = tf.strings.length(data)
    is_png = (length >= 29) & (tf.strings.substr(data, 0, 8) == _PNG)
    is_jpeg = tf.strings.substr(data, 0, 3) == _JPEG
    data = _require(
        is_png | is_jpeg, f"{name} is no JPEG or PNG file, or ends early", data, length
    )
    size = tf.cond(is_png, lambda: _png_size(data), lambda: _jpeg_size(data))
    few = (tf.reduce_min(size[:2]) > 0) & (size[0] * size[1] <= MOST_PIXELS)
    message = f"{name} has no size from 1 to {MOST_PIXELS} pixels; height and width:"
    return is_png, _require(few, message, size, size[:2])


def _png_size(data: tf.Tensor) -> tf.Tensor:
    header = tf.cast(
        tf.io.decode_raw(tf.strings.substr(data, 16, 9), tf.uint8), tf.int64
    )
    places = tf.constant([1 << 24, 1 << 16, 1 << 8, 1], tf.int64)
    width = tf.reduce_sum(header[:4] * places)
    height = tf.reduce_sum(header[4:8] * places)
    return tf.stack([height, width, header[8], tf.zeros([], tf.int64)])


def _jpeg_size(data: tf.Tensor) -> tf.Tensor:
    shape = tf.cast(tf.image.extract_jpeg_shape(data), tf.int64)
    return tf.stack([shape[0], shape[1], tf.constant(8, tf.int64), shape[2]])


def _require(
    condition: tf.Tensor, message: str, value: tf.Tensor, shown: tf.Tensor
) -> tf.Tensor:
    """`value`, once it is certain that the condition holds."""
    check = tf.debugging.Assert(condition, [message, shown])
    with tf.control_dependencies([check]):
        return tf.identity(value)
