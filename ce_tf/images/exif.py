"""EXIF as it can be written back: tags that cannot be are left out, and named.

Cameras and tools write what no writer accepts: rationals over zero, numbers where text
belongs, a maker's note larger than a JPEG's segment holds.
"""

import struct

from PIL import ExifTags, Image

# What one of Pillow's writers raises for a value that it cannot write.
_BAD: tuple[type[Exception], ...] = (
    ValueError,
    TypeError,
    OSError,
    struct.error,
    ArithmeticError,
    AttributeError,
)
_BAD += (KeyError, IndexError, SyntaxError, RuntimeError)
_PARTS = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo, ExifTags.IFD.Interop)
# Bytes that one segment of a JPEG holds.
MOST_BYTES = 65_533


def encode_exif(exif: Image.Exif) -> tuple[bytes, tuple[str, ...]]:
    """The bytes that Pillow's `save` takes, and the names of the tags left out.

    Empty where there are no tags.
    """
    kept, dropped = Image.Exif(), []
    for tag, value in _items(exif):
        if tag in _PARTS:
            continue
        if _can_write(tag, value):
            kept[tag] = value
        else:
            dropped.append(_name(tag, ExifTags.TAGS))
    for part in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        try:
            own = exif.get(part)
            values = dict(own if isinstance(own, dict) else exif.get_ifd(part))
        except _BAD:
            dropped.append(part.name)
            continue
        names = ExifTags.GPSTAGS if part is ExifTags.IFD.GPSInfo else ExifTags.TAGS
        good = {tag: value for tag, value in values.items() if _fits(part, tag, value)}
        dropped += [_name(tag, names) for tag in values if tag not in good]
        if good:
            kept[part] = good
    return (kept.tobytes() if len(kept) else b""), tuple(dropped)


def shorten_exif(encoded: bytes) -> tuple[bytes, tuple[str, ...]]:
    """EXIF that fits a JPEG's segment: without its longest tags, whose names follow."""
    dropped: list[str] = []
    exif = Image.Exif()
    exif.load(encoded)
    while len(encoded) > MOST_BYTES:
        inner = exif.get_ifd(ExifTags.IFD.Exif) if ExifTags.IFD.Exif in exif else {}
        holders = ((exif, ExifTags.TAGS), (inner, ExifTags.TAGS))
        _, tag, holder = max(
            (
                (len(_alone(tag, value)), tag, number)
                for number, (values, _) in enumerate(holders)
                for tag, value in values.items()
                if tag not in _PARTS
            ),
            default=(0, 0, 0),
        )
        del holders[holder][0][tag]
        dropped.append(_name(tag, ExifTags.TAGS))
        if inner:
            exif[ExifTags.IFD.Exif] = inner
        encoded = exif.tobytes()
    return encoded, tuple(dropped)


def _items(exif: Image.Exif) -> list[tuple[int, object]]:
    """Tags and values of those that can be read at all."""
    found = []
    for tag in list(exif):
        try:
            found.append((tag, exif[tag]))
        except _BAD:
            found.append((tag, None))
    return found


def _can_write(tag: int, value: object) -> bool:
    try:
        return bool(_alone(tag, value)) and value is not None
    except _BAD:
        return False


def _fits(part: int, tag: int, value: object) -> bool:
    return _can_write(part, {tag: value}) and tag not in _PARTS


def _alone(tag: int, value: object) -> bytes:
    exif = Image.Exif()
    exif[tag] = value
    return exif.tobytes()


def _name(tag: int, names: dict[int, str]) -> str:
    return names.get(tag, f"tag {tag}")
