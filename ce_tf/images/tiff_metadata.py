"""Metadata for a TIFF file that was written without: what Pillow cannot write itself.

Pillow writes no colour of 16 bits, and OpenCV, which does, no metadata. So the file's
directory is written once more, before all else, with the metadata in it.
"""

import io
import struct

from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational, ImageFileDirectory_v2

_RESOLUTION = (282, 283)  # X, Y
_RESOLUTION_UNIT, _INCH = 296, 2
_ICC_PROFILE = 34675
XMP = 700
_STRIPS = 273  # where the pixels lie
_HEADER = 8  # bytes: order, 42, and where the first directory lies
_BYTES, _LONG = 7, 4  # types of a tag: undefined, and unsigned of 32 bits


def add_metadata(data: bytes, options: dict) -> bytes:
    """The file with EXIF, XMP, ICC profile and resolution.

    Args:
        data: a TIFF file of one page, of less than 4 GB.
        options: of `Photo`; `exif`, `xmp`, `icc_profile` and `dpi` are used.
    """
    directory = _read_directory(data)
    if "icc_profile" in options:
        directory.tagtype[_ICC_PROFILE] = _BYTES
        directory[_ICC_PROFILE] = options["icc_profile"]
    if "xmp" in options:
        directory.tagtype[XMP] = _BYTES
        directory[XMP] = options["xmp"]
    if "dpi" in options:
        for tag, value in zip(_RESOLUTION, options["dpi"], strict=True):
            directory[tag] = IFDRational(value)
        directory[_RESOLUTION_UNIT] = _INCH
    if "exif" in options:
        _add_exif(directory, options["exif"])
    order = "<" if data[:2] == b"II" else ">"
    start = struct.pack(f"{order}L", _HEADER)
    # What follows is moved by as much as the directory takes: Pillow adds that to the
    # places of the pixels, and counts them from its end.
    places = directory[_STRIPS]
    directory[_STRIPS] = tuple(place - _HEADER for place in places)
    return data[:4] + start + directory.tobytes(_HEADER) + data[_HEADER:]


def _read_directory(data: bytes) -> ImageFileDirectory_v2:
    read = ImageFileDirectory_v2(data[:_HEADER])
    file = io.BytesIO(data)
    file.seek(read.next)
    read.load(file)
    directory = ImageFileDirectory_v2(data[:_HEADER])
    for tag, value in read.items():
        directory.tagtype[tag] = read.tagtype[tag]
        directory[tag] = value
    return directory


def _add_exif(directory: ImageFileDirectory_v2, encoded: bytes) -> None:
    exif = Image.Exif()
    exif.load(encoded)
    parts = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)
    for tag, value in exif.items():
        if tag not in parts:
            directory[tag] = value
    for part in parts:
        if values := exif.get_ifd(part):
            directory.tagtype[part] = _LONG
            directory[part] = dict(values)
