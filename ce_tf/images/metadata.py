"""What a photo's file says beside its pixels: read, and made to fit another file.

`options` is what Pillow's `save` takes: exif, icc_profile, xmp and dpi, and of how the
file was compressed qtables, subsampling, progressive and compression.
"""

from typing import Any

from PIL import ExifTags, Image, ImageFile, JpegImagePlugin

from ce_tf.images import orientation
from ce_tf.images.exif import MOST_BYTES, encode_exif, shorten_exif

JPEG = (".jpg", ".jpeg")
TIFF = (".tif", ".tiff")
# Bytes of XMP that one segment of a JPEG holds.
_MOST_XMP = 65_504
# What each format holds of what is about the photo.
_ABOUT = {"exif": "EXIF", "icc_profile": "colour profile", "xmp": "XMP"}
_NOTHING = (".bmp",)
_LOSSLESS_TIFF = ("raw", "packbits", "tiff_lzw", "tiff_adobe_deflate")
# Description, maker, model, software, date, artist and copyright.
_TEXT_TAGS = (270, 271, 272, 305, 306, 315, 33432)


def read_options(file: ImageFile.ImageFile) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The options that keep a file's metadata, and the EXIF tags that cannot be kept.

    The preview in its EXIF, which still shows what is erased, is not among them.
    """
    options = {name: file.info.get(name) for name in ("icc_profile", "dpi")}
    xmp = file.info.get("xmp") or file.info.get("XML:com.adobe.xmp")
    options["xmp"] = xmp.encode() if isinstance(xmp, str) else xmp
    exif = file.getexif()
    exif.pop(orientation.TAG, None)  # the pixels will be upright
    if file.format == "TIFF":
        exif = _without_layout(exif)
    options["exif"], lost = encode_exif(exif)
    if isinstance(file, JpegImagePlugin.JpegImageFile) and file.mode in ("RGB", "L"):
        options["qtables"] = file.quantization
        options["subsampling"] = max(JpegImagePlugin.get_sampling(file), 0)
        options["progressive"] = "progressive" in file.info or None
    if file.format == "TIFF":
        compression = file.info.get("compression")
        known = compression in _LOSSLESS_TIFF
        options["compression"] = compression if known else "tiff_adobe_deflate"
    kept = {name: value for name, value in options.items() if value not in (None, b"")}
    return kept, lost


def fit_options(
    options: dict[str, Any], suffix: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What a file with that ending can hold, and the names of what it cannot."""
    names, lost = {"dpi", *_ABOUT}, []
    if suffix in JPEG:
        names |= {"qtables", "subsampling", "progressive"}
    elif suffix in TIFF:
        names |= {"compression"}
    elif suffix in _NOTHING:
        names = {"dpi"}
    kept = {name: value for name, value in options.items() if name in names}
    lost += [words for name, words in _ABOUT.items() if name in options.keys() - names]
    if suffix in JPEG:
        if len(kept.get("exif", b"")) > MOST_BYTES:
            kept["exif"], tags = shorten_exif(kept["exif"])
            lost += tags
        if len(kept.get("xmp", b"")) > _MOST_XMP:
            del kept["xmp"]
            lost.append(_ABOUT["xmp"])
    return kept, tuple(lost)


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
