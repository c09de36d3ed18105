"""A photo as a person has it: read for erasing, written back as it was."""

import dataclasses
import io
import os
from pathlib import Path

import cv2
import numpy as np
from PIL import ExifTags, Image, ImageOps, JpegImagePlugin

from ce_tf.errors import InputError
from ce_tf.files import read_bytes, write_bytes
from ce_tf.images import orientation, png_metadata, tiff_metadata
from ce_tf.images.codec import open_image

FORMATS = (".png", ".tif", ".tiff", ".bmp", ".jpg", ".jpeg", ".webp")
_JPEG = (".jpg", ".jpeg")
_TIFF = (".tif", ".tiff")
_JPEG_QUALITY = 95
# Description, maker, model, software, date, artist and copyright.
_TEXT_TAGS = (270, 271, 272, 305, 306, 315, 33432)
_LOSSLESS_TIFF = ("raw", "packbits", "tiff_lzw", "tiff_adobe_deflate")


@dataclasses.dataclass(frozen=True)
class Photo:
    """A photo, upright.

    Attributes:
        pixels: uint8 or uint16, [H, W] grey or [H, W, 3] RGB; under transparent parts
            what the file has there.
        alpha: [H, W] of the same kind, or None.
        options: what Pillow's `save` needs to keep the file's metadata and quality:
            exif, icc_profile, dpi, qtables, ...
    """

    pixels: np.ndarray
    alpha: np.ndarray | None = None
    options: dict = dataclasses.field(default_factory=dict)

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


def read_photo(path: str | os.PathLike) -> Photo:
    """Reads a photo file, turned upright as its EXIF tag says.

    Palettes, CMYK and the like become 8-bit RGB.

    Raises:
        InputError: it cannot be read, has several pages, or more than 16 bits a
            channel.
    """
    name = f"photo {path}"
    data = read_bytes(path, "photo")
    file = open_image(data, name)
    # A phone's MPO is a JPEG with a further picture behind it.
    pages = getattr(file, "n_frames", 1)
    if file.format != "MPO" and pages > 1:
        raise InputError(f"{name} has {pages} pages; give a single picture.")
    deep = is_deep(file)
    if not deep and file.mode in ("I", "F"):
        raise InputError(f"{name} has 32 bits a channel; convert it to 8 or 16 first.")
    try:
        if deep:
            pixels, alpha = _decode_deep(data, orientation.read_orientation(file))
            return Photo(pixels, alpha, _read_options(file))
        upright = ImageOps.exif_transpose(file)
        grey = upright.mode in ("1", "L", "LA")
        alpha = None
        if upright.has_transparency_data:
            upright = upright.convert("RGBA")
            alpha = np.asarray(upright.getchannel("A"))
        # Drops alpha and keeps the colours as they are, laid over nothing.
        pixels = np.asarray(upright.convert("RGB"))
        return Photo(pixels[..., 0] if grey else pixels, alpha, _read_options(file))
    except (OSError, SyntaxError, ValueError, cv2.error) as error:
        raise InputError(f"{name} cannot be decoded: {error}.") from None


def is_deep(file: Image.Image) -> bool:
    """Whether a file that was opened, and not yet decoded, has 16 bits a channel."""
    # Pillow gives 16-bit colour as 8; only the raw mode of the file's tiles tells. A
    # BMP's 16 bits are those of a pixel.
    tiles = getattr(file, "tile", ())
    return file.format != "BMP" and any(";16" in str(tile.args) for tile in tiles)


def write_photo(path: str | os.PathLike, photo: Photo) -> None:
    """Writes a photo in the format that the name's ending says, whole or not at all.

    Raises:
        InputError: no such format, it cannot hold the transparency or the 16 bits, or
            the place cannot be written.
    """
    check_format(path, photo)
    write_bytes(path, encode_photo(photo, Path(path).suffix.lower()))


def encode_photo(photo: Photo, suffix: str) -> bytes:
    """The bytes of a file with that ending, one of `FORMATS`."""
    pixels = photo.pixels
    if photo.alpha is not None:
        pixels = np.dstack([pixels, photo.alpha])
    if pixels.dtype == np.uint16:
        return _encode_deep(pixels, suffix, photo.options)
    kept = photo.options
    names = {"exif", "icc_profile", "dpi"}
    options = {}
    if suffix in _JPEG:
        names |= {"qtables", "subsampling", "progressive"}
        if "qtables" not in kept:
            options["quality"] = _JPEG_QUALITY
            options["subsampling"] = 0
    elif suffix in _TIFF:
        names |= {"compression"}
    elif suffix == ".webp":
        options = {"lossless": True, "exact": True}
    elif suffix == ".bmp":
        names = {"dpi"}
    options |= {name: kept[name] for name in names if name in kept}
    file = io.BytesIO()
    form = Image.registered_extensions()[suffix]
    Image.fromarray(pixels).save(file, form, **options)
    return file.getvalue()


def check_format(path: str | os.PathLike, photo: Photo) -> None:
    """Checks that `write_photo` can write this photo under that name.

    Raises:
        InputError: it cannot.
    """
    suffix = check_suffix(path)
    if photo.alpha is not None and suffix in (*_JPEG, ".bmp"):
        raise InputError(
            f"{path}: {suffix} cannot keep the photo's transparency. Use .png."
        )
    if photo.pixels.dtype == np.uint16 and suffix not in (".png", *_TIFF):
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
            "written. Use .png (keeps every pixel), .tif, .bmp, .jpg or .webp."
        )
    return suffix


def _read_options(file: Image.Image) -> dict:
    """What Pillow's `save` takes to keep the file's metadata, and its JPEG quality."""
    options = {name: file.info.get(name) for name in ("icc_profile", "dpi")}
    exif = file.getexif()
    # The pixels will be upright. The preview, which still shows what is erased, is
    # not among what Pillow writes.
    exif.pop(orientation.TAG, None)
    if file.format == "TIFF":
        exif = _without_layout(exif)
    if len(exif):
        options["exif"] = exif.tobytes()
    if isinstance(file, JpegImagePlugin.JpegImageFile) and file.mode in ("RGB", "L"):
        options["qtables"] = file.quantization
        subsampling = JpegImagePlugin.get_sampling(file)
        options["subsampling"] = max(subsampling, 0)
        options["progressive"] = "progressive" in file.info or None
    if file.format == "TIFF":
        compression = file.info.get("compression")
        known = compression in _LOSSLESS_TIFF
        options["compression"] = compression if known else "tiff_adobe_deflate"
    return {name: value for name, value in options.items() if value is not None}


def _without_layout(exif: Image.Exif) -> Image.Exif:
    """Of a TIFF's tags those about the photo, not about how the file is laid out."""
    kept = Image.Exif()
    for tag in _TEXT_TAGS:
        if tag in exif:
            kept[tag] = exif[tag]
    for part in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        if values := exif.get_ifd(part):
            kept[part] = dict(values)
    return kept


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


def _encode_deep(pixels: np.ndarray, suffix: str, options: dict) -> bytes:
    if pixels.ndim == 3:
        order = [2, 1, 0, 3][: pixels.shape[2]] if pixels.shape[2] > 2 else [0, 0, 0, 1]
        pixels = np.ascontiguousarray(pixels[..., order])
    data = cv2.imencode(suffix, pixels)[1].tobytes()
    add = png_metadata.add_metadata if suffix == ".png" else tiff_metadata.add_metadata
    return add(data, options)
