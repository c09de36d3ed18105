"""Metadata of a PNG file of 16 bits a channel, which Pillow does not write."""

import struct
import zlib

_HEADER = 33  # the signature and the chunk IHDR


def add_metadata(data: bytes, options: dict) -> bytes:
    """A PNG file with further chunks behind its header.

    Args:
        data: the file.
        options: any of icc_profile, exif and xmp, bytes, and dpi, a pair of
            numbers.
    """
    chunks = b""
    if "icc_profile" in options:
        profile = zlib.compress(options["icc_profile"])
        chunks += _chunk(b"iCCP", b"ICC Profile\0\0" + profile)
    if "dpi" in options:
        per_metre = [round(float(dots) / 0.0254) for dots in options["dpi"]]
        chunks += _chunk(b"pHYs", struct.pack(">IIB", *per_metre, 1))
    if "xmp" in options:
        # Keyword, not compressed, no language, no translation.
        chunks += _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + options["xmp"])
    if "exif" in options:
        chunks += _chunk(b"eXIf", options["exif"].removeprefix(b"Exif\0\0"))
    return data[:_HEADER] + chunks + data[_HEADER:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum
