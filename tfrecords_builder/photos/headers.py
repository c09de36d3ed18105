"""What a file says of itself before it is decoded: size, and whether it is fit."""

import dataclasses

from ce_tf.images.codec import (
    BROKEN,
    MOST_PIXELS,
    ignore_warnings,
    is_too_short,
    open_header,
)
from ce_tf.images.orientation import upright_size
from ce_tf.images.photo import is_deep
from tfrecords_builder.files import UnusableError

# Sides below this hold nothing to learn from, pixels.
LEAST_SIDE = 32
_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
# JPEG markers: start of frame (of the usual kinds), and what APP1 of a camera is.
_FRAMES, _EXIF = (0xC0, 0xC1, 0xC2), 0xE1


@dataclasses.dataclass(frozen=True, slots=True)
class Header:
    """A picture's format, and its height and width when upright.

    `plain`: 8-bit grey or RGB, which OpenCV decodes as well as Pillow, and faster.
    """

    kind: str
    height: int
    width: int
    plain: bool


def read_header(data: bytes) -> Header:
    """Reads the header of a photo.

    Raises:
        UnusableError: it is no photo, or one that is left out: too small, animated, of
            16 bits a channel, or too large to be true.
    """
    size = _jpeg_size(data)
    if size:
        _check_size(*size, data, "JPEG")
        return Header("JPEG", *size, True)
    with ignore_warnings():
        return _ask_pillow(data)


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Height and width of a usual JPEG: 8 bits, grey or colour, no EXIF.

    With Pillow's look at every file a build of small photos would take 11 % more of the
    processor. Whatever is not usual is Pillow's to judge.
    """
    if data[:2] != b"\xff\xd8":
        return None
    place = 2
    while place + 10 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker in _FRAMES:
            precision, channels = data[place + 4], data[place + 9]
            if precision != 8 or channels not in (1, 3):
                return None
            return (
                int.from_bytes(data[place + 5 : place + 7]),
                int.from_bytes(data[place + 7 : place + 9]),
            )
        if marker == _EXIF or marker < 0xC0:
            return None
        place += 2 + int.from_bytes(data[place + 2 : place + 4])
    return None


def _ask_pillow(data: bytes) -> Header:
    try:
        image = open_header(data, _FORMATS)
    except BROKEN:
        raise UnusableError("no readable picture") from None
    deep = is_deep(image) or image.mode in ("I", "F")
    height, width = upright_size(image)
    _check_size(height, width, data, str(image.format))
    if deep:
        raise UnusableError("16 bits a channel")
    # An MPO is a phone's JPEG with a second picture that viewers ignore.
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise UnusableError("several frames (animated)")
    kind = "JPEG" if image.format == "MPO" else str(image.format)
    plain_kind = kind in ("JPEG", "PNG", "WEBP")
    plain_mode = image.mode in ("RGB", "L") and "transparency" not in image.info
    return Header(kind, height, width, plain_kind and plain_mode)


def _check_size(height: int, width: int, data: bytes, kind: str) -> None:
    if width * height > MOST_PIXELS:
        raise UnusableError("decompression bomb")
    if is_too_short(data, kind, width * height):
        raise UnusableError("truncated or damaged")
    if min(width, height) < LEAST_SIDE:
        raise UnusableError(f"smaller than {LEAST_SIDE} pixels")
