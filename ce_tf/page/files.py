"""Files that users send and get: within limits, in the format they came in."""

import dataclasses
from pathlib import Path

import numpy as np

from ce_tf.errors import InputError
from ce_tf.files import read_bytes
from ce_tf.images.codec import open_image
from ce_tf.images.mask import decode_mask
from ce_tf.images.photo import (
    Photo,
    check_format,
    check_suffix,
    encode_photo,
    read_photo,
    write_photo,
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


def open_photo(path: str, limits: Limits) -> Photo:
    """Reads a photo that was sent.

    Raises:
        InputError: it is no photo, or larger than the limits. The message names the
            file without its folder on the server.
    """
    check_limits(path, limits)
    try:
        return read_photo(path)
    except InputError as error:
        raise _without_folder(error, path) from None


def open_mask(path: str, limits: Limits, size: tuple[int, int]) -> np.ndarray:
    """Reads a mask that was sent.

    Args:
        size: height and width of the photo.

    Returns:
        uint8 [height, width], 1 = hole.

    Raises:
        InputError: as `open_photo`, or the mask has another size.
    """
    check_limits(path, limits)
    mask = decode_mask(read_bytes(path, "mask"), f"mask {Path(path).name}")
    if mask.shape != size:
        raise InputError(
            f"the mask is {mask.shape[1]}x{mask.shape[0]}, the photo "
            f"{size[1]}x{size[0]} pixels (width x height, upright). Make them the same "
            "size."
        )
    return mask


def check_limits(path: str, limits: Limits) -> None:
    """Checks the size of a file and of the picture in it.

    Raises:
        InputError: it is larger, empty, or no picture.
    """
    name = Path(path).name
    if Path(path).stat().st_size > limits.megabytes * 1_000_000:
        raise InputError(f"{name} has more than {limits.megabytes} MB.")
    try:
        data = read_bytes(path, "file")
    except InputError as error:
        raise _without_folder(error, path) from None
    width, height = open_image(data, name).size
    if width * height > limits.megapixels * 1_000_000:
        raise InputError(
            f"{name} has {width}x{height} pixels, {width * height / 1e6:.0f} "
            f"megapixels; {limits.megapixels} at most are taken here."
        )


def name_result(name: str, photo: Photo) -> str:
    """The name under which a result is given back: in the format it came in.

    PNG where that format cannot be written, or cannot hold the photo.
    """
    path = Path(name)
    try:
        check_suffix(path)
        check_format(path, photo)
        suffix = path.suffix
    except InputError:
        suffix = ".png"
    return f"{path.stem}-erased{suffix}"


def write_result(folder: Path, name: str, photo: Photo) -> Path:
    """Writes a result as `name_result` names it; returns where."""
    path = folder / name_result(name, photo)
    write_photo(path, photo)
    return path


def write_mask(folder: Path, name: str, mask: np.ndarray) -> Path:
    """Writes a mask, uint8 [H, W], 1 = hole, as a PNG where that is white."""
    path = folder / f"{Path(name).stem}-mask.png"
    path.write_bytes(encode_photo(Photo(mask * 255), ".png"))
    return path


def _without_folder(error: InputError, path: str) -> InputError:
    return InputError(str(error).replace(str(path), Path(path).name))
