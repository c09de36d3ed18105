"""A photo as a person has it: read for erasing, written back as it was."""

import dataclasses
import io
import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageFile, PngImagePlugin

from ce_tf.errors import InputError
from ce_tf.files import read_bytes, write_bytes
from ce_tf.images import orientation, png_metadata, tiff_metadata
from ce_tf.images.codec import (
    BROKEN,
    MOST_PIXELS,
    ignore_warnings,
    open_image,
    tell_broken,
)
from ce_tf.images.color import convert_to_rgb
from ce_tf.images.metadata import JPEG, TIFF, fit_options, read_options

# Endings of what is written, and of what is read.
FORMATS = (".png", *TIFF, ".bmp", *JPEG, ".webp", ".avif")
READABLE = (*FORMATS, ".heic", ".heif")
# The ending of a result by the format that Pillow calls the photo's.
_SUFFIXES = {"PNG": ".png", "TIFF": ".tif", "BMP": ".bmp", "WEBP": ".webp"}
_SUFFIXES |= {"JPEG": ".jpg", "MPO": ".jpg", "HEIF": ".jpg", "AVIF": ".avif"}
_QUALITY = 95
# TIFF tag of what a page is: bit 0 is set for a smaller copy of another.
_KIND, _PREVIEW = 254, 1


@dataclasses.dataclass(frozen=True)
class Photo:
    """A photo, upright.

    Attributes:
        pixels: uint8 or uint16, [H, W] grey or [H, W, 3] RGB; under transparent parts
            what the file has there.
        alpha: [H, W] of the same kind, or None.
        options: its metadata and quality, as `metadata.read_options` gives them.
        lost: names of metadata that could not be read.
        suffix: ending of its file's format.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None = None
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    lost: tuple[str, ...] = ()
    suffix: str = ".png"

    @property
    def image(self) -> np.ndarray:
        """The pixels as uint8 [H, W, 3]."""
        pixels = self.pixels
        if pixels.dtype == np.uint16:
            pixels = (pixels >> 8).astype(np.uint8)
        return cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB) if pixels.ndim == 2 else pixels

    def with_image(self, image: np.ndarray) -> "Photo":
        """The same photo with other pixels: uint8 [H, W, 3], made grey if it is grey.

        Pixels that `image` leaves as they are keep all their bits.
        """
        changed = (image != self.image).any(-1)
        new = image[changed]
        if self.pixels.ndim == 2:
            new = np.round(new.mean(-1))
        if self.pixels.dtype == np.uint16:
            new = new.astype(np.uint16) * 257
        pixels = self.pixels.copy()
        pixels[changed] = new.astype(pixels.dtype)
        return dataclasses.replace(self, pixels=pixels)

    def opaque_in(self, hole: np.ndarray) -> "Photo":
        """The same photo, opaque where bool [H, W] says; no alpha if so all over."""
        if self.alpha is None:
            return self
        opaque = np.iinfo(self.alpha.dtype).max
        alpha = np.where(hole, opaque, self.alpha).astype(self.alpha.dtype)
        return dataclasses.replace(self, alpha=None if alpha.min() == opaque else alpha)


def read_photo(path: str | os.PathLike, most_pixels: int = MOST_PIXELS) -> Photo:
    """Reads a photo file; see `decode_photo`."""
    return decode_photo(read_bytes(path, "photo"), f"photo {path}", most_pixels)


def decode_photo(data: bytes, name: str, most_pixels: int = MOST_PIXELS) -> Photo:
    """Decodes a photo, turned upright as its EXIF tag says.

    Palettes become 8-bit RGB; CMYK and Lab sRGB, by their profile.

    Args:
        data: the bytes of a file.
        name: how errors call it.
        most_pixels: photos of more are refused before they are decoded.

    Raises:
        InputError: it cannot be decoded, has several pages, more than 16 bits a
            channel, or too many pixels.
    """
    with ignore_warnings():  # what is lost is said by its name
        return _decode(open_image(data, name, most_pixels), data, name)


def _decode(file: ImageFile.ImageFile, data: bytes, name: str) -> Photo:
    try:
        _choose_page(file, name)
        deep = is_deep(file)
        if not deep and file.mode in ("I", "F"):
            raise InputError(
                f"{name} has 32 bits a channel; convert it to 8 or 16 first."
            )
        suffix = _SUFFIXES.get(str(file.format), ".png")
        number = orientation.read_orientation(file)
        if deep:
            pixels, alpha = _decode_deep(data, number)
            return Photo(pixels, alpha, *read_options(file), suffix)
        upright = orientation.transpose_upright(file)
        options, lost = read_options(file)
        grey = upright.mode in ("1", "L", "LA")
        alpha = None
        if upright.has_transparency_data:
            upright = upright.convert("RGBA")
            alpha = np.asarray(upright.getchannel("A"))
        # Drops alpha and keeps the colours as they are, laid over nothing.
        rgb, profile = convert_to_rgb(upright)
        options.pop("icc_profile", None)
        if profile:
            options["icc_profile"] = profile
        pixels = np.asarray(rgb)
        pixels = pixels[..., 0] if grey else pixels
        return Photo(pixels, alpha, options, lost, suffix)
    except BROKEN as error:
        raise tell_broken(name, error) from None


def is_deep(file: Image.Image) -> bool:
    """Whether a file that was opened has 16 bits a channel."""
    # Pillow gives 16-bit colour as 8; only the raw mode of the file's tiles tells. A
    # BMP's 16 bits are those of a pixel.
    tiles = getattr(file, "tile", ())
    return file.format != "BMP" and any(";16" in str(tile.args) for tile in tiles)


def write_photo(path: str | os.PathLike, photo: Photo) -> tuple[str, ...]:
    """Writes a photo in the format that the name's ending says, whole or not at all.

    Returns:
        The names of metadata that could not be kept.

    Raises:
        InputError: no such format, it cannot hold the transparency or the 16 bits, or
            the place cannot be written.
    """
    check_format(path, photo)
    data, lost = encode_kept(photo, Path(path).suffix.lower())
    write_bytes(path, data)
    return lost


def encode_kept(photo: Photo, suffix: str) -> tuple[bytes, tuple[str, ...]]:
    """The bytes of a file with that ending, one of `FORMATS`.

    Returns:
        These, and the names of metadata that could not be kept.
    """
    options, lost = fit_options(photo.options, suffix)
    for name, words in (("exif", "EXIF"), ("xmp", "XMP"), ("icc_profile", "profile")):
        try:
            return _encode(photo, suffix, options), photo.lost + lost
        except BROKEN:
            # Somebody's metadata is no reason to lose the picture.
            if options.pop(name, None):
                lost += (words,)
    return _encode(photo, suffix, options), photo.lost + lost


def encode_photo(photo: Photo, suffix: str) -> bytes:
    """The bytes of a file with that ending, one of `FORMATS`; see `encode_kept`."""
    return encode_kept(photo, suffix)[0]


def check_format(path: str | os.PathLike, photo: Photo) -> None:
    """Checks that `write_photo` can write this photo under that name.

    Raises:
        InputError: it cannot.
    """
    suffix = check_suffix(path)
    if photo.alpha is not None and suffix in (*JPEG, ".bmp"):
        raise InputError(
            f"{path}: {suffix} cannot keep the photo's transparency. Use .png."
        )
    if photo.pixels.dtype == np.uint16 and suffix not in (".png", *TIFF):
        raise InputError(
            f"{path}: {suffix} cannot keep the photo's 16 bits a channel. Use .png."
        )


def check_suffix(path: str | os.PathLike) -> str:
    """The ending of a name, in lower case, if it is one of `FORMATS`.

    Raises:
        InputError: it is not.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise InputError(
            f"{path}: {suffix or 'a name without an ending'} is no format that can be "
            "written. Use .png (keeps every pixel), .tif, .bmp, .jpg, .webp or .avif."
        )
    return suffix


def _choose_page(file: ImageFile.ImageFile, name: str) -> None:
    """Goes to the page that is the photo, beside which there may be previews of it."""
    pages = getattr(file, "n_frames", 1)
    # A phone's MPO is a JPEG with a further picture behind it.
    if pages == 1 or file.format == "MPO":
        return
    width, height = file.size
    full = pages if file.format != "TIFF" else 1
    for page in range(1, pages if file.format == "TIFF" else 0):
        file.seek(page)
        smaller = file.size[0] < width and file.size[1] < height
        full += not (smaller or int(file.getexif().get(_KIND, 0)) & _PREVIEW)
    if full > 1:
        raise InputError(f"{name} has {pages} pages; give a single picture.")
    file.seek(0)


def _encode(photo: Photo, suffix: str, options: dict[str, Any]) -> bytes:
    pixels = photo.pixels
    if photo.alpha is not None:
        pixels = np.dstack([pixels, photo.alpha])
    if pixels.dtype == np.uint16:
        return _encode_deep(pixels, suffix, options)
    options = dict(options)
    if suffix in JPEG and "qtables" not in options:
        options |= {"quality": _QUALITY, "subsampling": 0}
    elif suffix == ".avif":
        options |= {"quality": _QUALITY, "subsampling": "4:4:4"}
    elif suffix == ".webp":
        options |= {"lossless": True, "exact": True}
    elif suffix == ".png" and "xmp" in options:
        options["pnginfo"] = info = PngImagePlugin.PngInfo()
        info.add_itxt(
            "XML:com.adobe.xmp", options.pop("xmp").decode("utf-8", "replace")
        )
    elif suffix in TIFF and "xmp" in options:
        options["tiffinfo"] = {tiff_metadata.XMP: options.pop("xmp")}
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, Image.registered_extensions()[suffix], **options)
    return file.getvalue()


def _decode_deep(data: bytes, number: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Pixels and alpha of a 16-bit file, upright; RGB where it has colour."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        raise ValueError("OpenCV cannot read its 16 bits")
    pixels = orientation.turn_upright(pixels, number)
    if pixels.ndim == 2:
        return pixels, None
    alpha = np.ascontiguousarray(pixels[..., 3]) if pixels.shape[2] == 4 else None
    return np.ascontiguousarray(pixels[..., 2::-1]), alpha


def _encode_deep(pixels: np.ndarray, suffix: str, options: dict[str, Any]) -> bytes:
    if pixels.ndim == 3:
        order = [2, 1, 0, 3][: pixels.shape[2]] if pixels.shape[2] > 2 else [0, 0, 0, 1]
        pixels = np.ascontiguousarray(pixels[..., order])
    data = cv2.imencode(suffix, pixels)[1].tobytes()
    add = png_metadata.add_metadata if suffix == ".png" else tiff_metadata.add_metadata
    return add(data, options)
