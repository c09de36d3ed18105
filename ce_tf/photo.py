"""A photo as a person has it: read for erasing, written back as it was."""

import dataclasses
import os
from pathlib import Path

import numpy as np
from PIL import ImageOps

from ce_tf.errors import InputError
from ce_tf.images import encode_image, open_image, read_bytes, write_bytes

_FORMATS = (".png", ".tif", ".tiff", ".bmp", ".jpg", ".jpeg", ".webp")


@dataclasses.dataclass(frozen=True)
class Photo:
    """Pixels of a photo, upright.

    Attributes:
        image: uint8 [H, W, 3], RGB; under transparent parts what the file has there.
        alpha: uint8 [H, W], or None.
        grey: whether the file has no colour; then R = G = B.
    """

    image: np.ndarray
    alpha: np.ndarray | None
    grey: bool

    def with_image(self, image: np.ndarray) -> "Photo":
        """The same photo with other pixels, [H, W, 3], made grey if it is grey."""
        if self.grey:
            mean = np.round(image.mean(-1, keepdims=True)).astype(np.uint8)
            image = np.repeat(mean, 3, axis=-1)
        return dataclasses.replace(self, image=image)


def read_photo(path: str | os.PathLike) -> Photo:
    """Reads a photo file.

    Raises:
        InputError: it cannot be read, or has 16 bits a channel.
    """
    name = f"photo {path}"
    upright = open_image(read_bytes(path, "photo"), name)
    # Pillow gives 16-bit colour as 8; only the raw mode of the file's tiles tells.
    deep = any(";16" in str(tile.args) for tile in upright.tile)
    if deep or upright.mode.startswith(("I", "F")):
        raise InputError(f"{name} has 16 bits a channel; convert it to 8 bits first.")
    try:
        upright = ImageOps.exif_transpose(upright)
        grey = upright.mode in ("1", "L", "LA")
        alpha = None
        if upright.has_transparency_data:
            upright = upright.convert("RGBA")
            alpha = np.asarray(upright)[..., 3]
        # Drops alpha and keeps the colours as they are, laid over nothing.
        image = np.asarray(upright.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise InputError(f"{name} cannot be decoded: {error}.") from None
    return Photo(image, alpha, grey)


def write_photo(path: str | os.PathLike, photo: Photo) -> None:
    """Writes a photo in the format that the name's ending says, whole or not at all.

    Raises:
        InputError: no such format, it cannot hold the transparency, or the place cannot
            be written.
    """
    check_format(path, photo)
    pixels = photo.image[..., 0] if photo.grey else photo.image
    if photo.alpha is not None:
        pixels = np.dstack([photo.image, photo.alpha])
    write_bytes(path, encode_image(pixels, Path(path).suffix.lower()))


def check_format(path: str | os.PathLike, photo: Photo) -> None:
    """Checks that `write_photo` can write this photo under that name.

    Raises:
        InputError: it cannot.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _FORMATS:
        raise InputError(
            f"{path}: {suffix or 'a name without an ending'} is no format that can be "
            "written. Use .png (keeps every pixel), .tif, .bmp, .jpg or .webp."
        )
    if photo.alpha is not None and suffix in (".jpg", ".jpeg", ".bmp"):
        raise InputError(
            f"{path}: {suffix} cannot keep the photo's transparency. Use .png."
        )
