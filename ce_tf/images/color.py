"""Colours of any space as sRGB: CMYK and Lab by the profile that the file carries."""

import io
import struct

from PIL import Image, ImageCms

_LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def convert_to_rgb(image: Image.Image) -> tuple[Image.Image, bytes | None]:
    """An RGB picture, and the profile by which its numbers are to be read.

    RGB and grey keep their profile, Display P3 say, and their numbers. CMYK and Lab
    are converted to sRGB, by their own profile (Lab has none of its own); CMYK without
    one, or with one that is broken, by Pillow's formula.
    """
    profile = image.info.get("icc_profile")
    if image.mode not in ("CMYK", "LAB"):
        return image.convert("RGB"), profile
    try:
        source = _LAB if image.mode == "LAB" else _open_profile(profile)
        converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert("RGB"), None
    # Without `inPlace` there is a result.
    assert converted is not None
    return converted, _write_srgb()


def _write_srgb() -> bytes:
    profile = bytearray(_SRGB.tobytes())
    # When it was made; the same photo shall give the same file on any day.
    profile[24:36] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    return bytes(profile)


def _open_profile(profile: bytes | None) -> ImageCms.ImageCmsProfile:
    if not profile:
        raise ValueError("no profile")
    return ImageCms.ImageCmsProfile(io.BytesIO(profile))
