"""One photo, from the bytes of a file to the pictures that are packed."""

import hashlib
from typing import NamedTuple

import cv2
import numpy as np

from ce_tf.errors import InputError
from ce_tf.images.codec import BROKEN, decode_image, ignore_warnings, open_header
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import UnusableError
from tfrecords_builder.photos.headers import Header, read_header
from tfrecords_builder.photos.views import View, choose_views

# JPEG can be decoded at these fractions for a fraction of the time.
_REDUCED = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    1: cv2.IMREAD_COLOR,
}


class Picture(NamedTuple):
    """One packed picture: JPEG or PNG bytes, pixels, and the sums of R, G and B."""

    encoded: bytes
    height: int
    width: int
    color_sum: tuple[int, int, int]


def pack_photo(data: bytes, digest: str, config: BuildConfig) -> list[Picture]:
    """Decodes, cuts, resizes and encodes one photo.

    Args:
        data: the bytes of its file.
        digest: hex hash of `data`; with --seed it decides the random crops.
        config: --size, --views, --crop, --lossless and --quality are read.

    Returns:
        The pictures to pack, 1 or --views of them.

    Raises:
        UnusableError: it is no photo, damaged, too small or of a kind that is left out.
    """
    header = read_header(data)
    views = choose_views(header.height, header.width, digest, config)
    bgr, scale = _decode(data, header, min(view.shrink for view in views))
    return [_pack(bgr, view, scale, config) for view in views]


def digest_of(data: bytes) -> str:
    """The hash (hex) by which photos are told apart, split and ordered."""
    return hashlib.sha256(data).hexdigest()


def _decode(data: bytes, header: Header, shrink: float) -> tuple[np.ndarray, float]:
    """Decodes to BGR, JPEG no larger than needed; and the scale that came out."""
    try:
        if header.plain and _is_whole(header.kind, data):
            # OpenCV is several times faster than Pillow, lets the other threads run,
            # and turns the photo upright by its EXIF tag as well.
            divisor = 1
            if header.kind == "JPEG":
                divisor = next((d for d in _REDUCED if d <= shrink), 1)
            bgr = cv2.imdecode(np.frombuffer(data, np.uint8), _REDUCED[divisor])
            if bgr is None:
                raise UnusableError("truncated or damaged")
            return bgr, 1 / divisor
        with open_header(data) as image, ignore_warnings():
            image.load()  # notices a file that ends early, which OpenCV fills with grey
        return np.ascontiguousarray(decode_image(data)[..., ::-1]), 1.0
    except InputError:
        raise UnusableError("truncated or damaged") from None
    except BROKEN:
        raise UnusableError("truncated or damaged") from None


def _is_whole(kind: str, data: bytes) -> bool:
    """Whether the file ends as its format says; if not, a slower look decides."""
    if kind == "PNG":
        return data.endswith(b"IEND\xae\x42\x60\x82")
    if kind == "WEBP":
        return len(data) >= 8 + int.from_bytes(data[4:8], "little")
    return data.endswith(b"\xff\xd9")


def _pack(bgr: np.ndarray, view: View, scale: float, config: BuildConfig) -> Picture:
    top, left = round(view.top * scale), round(view.left * scale)
    bottom = round((view.top + view.height) * scale)
    right = round((view.left + view.width) * scale)
    small = _resize(bgr[top:bottom, left:right], view.packed)
    suffix, options = ".jpg", [cv2.IMWRITE_JPEG_QUALITY, config.quality]
    if config.lossless:
        suffix, options = ".png", []
    encoded = cv2.imencode(suffix, small, options)[1].tobytes()
    blue, green, red, _ = cv2.sumElems(small)
    return Picture(encoded, *view.packed, (int(red), int(green), int(blue)))


def _resize(image: np.ndarray, packed: tuple[int, int]) -> np.ndarray:
    height, width = packed
    shrink = image.shape[0] / height
    if shrink > 2:
        kind = cv2.INTER_AREA
    else:
        # Down to half, two pixels a side are enough to see every one, at a sixth of
        # the time of area averaging.
        kind = cv2.INTER_LINEAR if shrink >= 1 else cv2.INTER_CUBIC
    return cv2.resize(image, (width, height), interpolation=kind)
