"""Files that are sent and given back: within limits, in the format they came in."""

import dataclasses
from pathlib import Path

import numpy as np

from ce_tf.errors import InputError
from ce_tf.images.codec import open_image
from ce_tf.images.mask import decode_mask
from ce_tf.images.photo import (
    Photo,
    check_format,
    check_suffix,
    decode_photo,
    encode_photo,
)


@dataclasses.dataclass(frozen=True)
class Limits:
    """What a file may be.

    Attributes:
        megabytes: of the file.
        megapixels: of the picture in it; checked before any pixel is decoded.
    """

    megabytes: int
    megapixels: int


@dataclasses.dataclass(frozen=True)
class Sent:
    """A file as it was sent: its name, without folders, and its bytes."""

    name: str
    data: bytes


def open_photo(sent: Sent, limits: Limits) -> Photo:
    """Decodes a photo that was sent.

    Raises:
        InputError: it is no photo, or larger than the limits.
    """
    check_limits(sent, limits)
    return decode_photo(sent.data, sent.name)


def open_mask(sent: Sent, limits: Limits, size: tuple[int, int]) -> np.ndarray:
    """Decodes a mask that was sent.

    Args:
        size: height and width of the photo.

    Returns:
        uint8 [height, width], 1 = hole.

    Raises:
        InputError: as `open_photo`, or the mask has another size.
    """
    check_limits(sent, limits)
    mask = decode_mask(sent.data, f"mask {sent.name}")
    if mask.shape != size:
        raise InputError(
            f"the mask is {mask.shape[1]}x{mask.shape[0]}, the photo "
            f"{size[1]}x{size[0]} pixels (width x height, upright). Make them the same "
            "size."
        )
    return mask


def check_limits(sent: Sent, limits: Limits) -> None:
    """Checks the size of a file and of the picture in it.

    Raises:
        InputError: it is larger, empty, or no picture.
    """
    if len(sent.data) > limits.megabytes * 1_000_000:
        raise InputError(f"{sent.name} has more than {limits.megabytes} MB.")
    if not sent.data:
        raise InputError(f"{sent.name} is empty.")
    width, height = open_image(sent.data, sent.name).size
    if width * height > limits.megapixels * 1_000_000:
        raise InputError(
            f"{sent.name} has {width}x{height} pixels, {width * height / 1e6:.0f} "
            f"megapixels; {limits.megapixels} at most are taken here."
        )


def encode_result(name: str, photo: Photo) -> Sent:
    """A result as a file: in the format of its name, with its metadata.

    PNG where that format cannot be written, or cannot hold the photo.
    """
    path = Path(name)
    try:
        check_suffix(path)
        check_format(path, photo)
        suffix = path.suffix
    except InputError:
        suffix = ".png"
    return Sent(f"{path.stem}-erased{suffix}", encode_photo(photo, suffix.lower()))


def encode_mask(name: str, mask: np.ndarray) -> Sent:
    """A mask, uint8 [H, W], 1 = hole, as a PNG where that is white."""
    data = encode_photo(Photo(mask * 255), ".png")
    return Sent(f"{Path(name).stem}-mask.png", data)
