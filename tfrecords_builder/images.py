"""One photo, from the bytes of a file to the pictures that are packed."""

import dataclasses
import hashlib
import io

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from ce_tf.errors import InputError
from ce_tf.images import decode_image
from tfrecords_builder.config import BuildConfig

# Sides below this hold nothing to learn from, pixels.
LEAST_SIDE = 32
# More pixels than any camera takes: Pillow's own limit of an attack, 2 x 89,478,485.
_MOST_PIXELS = 178_956_970
_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "BMP", "TIFF")
# EXIF orientation tag, and the values that exchange width and height.
_ORIENTATION, _TURNED = 0x0112, (5, 6, 7, 8)
# A photo is large, and gives several views, from this multiple of the size on.
_LARGE = 1.5
_REDUCED = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    1: cv2.IMREAD_COLOR,
}


class UnusableError(Exception):
    """The reason why a photo is left out, in a few words."""


@dataclasses.dataclass(frozen=True)
class Picture:
    """One packed picture: JPEG or PNG bytes, pixels, and the sums of R, G and B."""

    encoded: bytes
    height: int
    width: int
    color_sum: tuple[int, int, int]


@dataclasses.dataclass(frozen=True)
class _Window:
    """A part of a photo in pixels, and the size (height, width) it is packed at."""

    top: int
    left: int
    height: int
    width: int
    packed: tuple[int, int]

    @property
    def shrink(self) -> float:
        """How many pixels of the photo fall on one of the packed picture, a side."""
        return min(self.height / self.packed[0], self.width / self.packed[1])


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
    header, height, width = _inspect(data)
    windows = _windows(height, width, digest, config)
    bgr, scale = _decode(data, header, min(window.shrink for window in windows))
    return [_pack(bgr, window, scale, config) for window in windows]


def _inspect(data: bytes) -> tuple[Image.Image, int, int]:
    """The header, and the height and width when upright; refuses what is unfit."""
    if not data:
        raise UnusableError("empty file")
    try:
        header = Image.open(io.BytesIO(data), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnusableError("decompression bomb") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise UnusableError("no readable picture") from None
    width, height = header.size
    if width * height > _MOST_PIXELS:
        raise UnusableError("decompression bomb")
    if min(width, height) < LEAST_SIDE:
        raise UnusableError(f"smaller than {LEAST_SIDE} pixels")
    if _is_deep(header, data):
        raise UnusableError("16 bits a channel")
    # An MPO is a phone's JPEG with a second picture that viewers ignore.
    if header.format != "MPO" and getattr(header, "n_frames", 1) > 1:
        raise UnusableError("several frames (animated)")
    if _is_turned(header, data):
        height, width = width, height
    return header, height, width


def _is_turned(header: Image.Image, data: bytes) -> bool:
    # Most photos that were processed once carry no EXIF, and Pillow looks for long.
    if header.format in ("JPEG", "MPO") and b"Exif" not in data[:65536]:
        return False
    try:
        return header.getexif().get(_ORIENTATION) in _TURNED
    except (OSError, SyntaxError, ValueError):
        return False


def _is_deep(header: Image.Image, data: bytes) -> bool:
    if header.format == "PNG":
        # Pillow calls a 16-bit RGB PNG "RGB"; its header says the depth here.
        return data[24] == 16
    if header.format == "TIFF":
        return max(header.tag_v2.get(258, (1,))) > 8
    return header.mode.startswith(("I", "F"))


def _windows(
    height: int, width: int, digest: str, config: BuildConfig
) -> list[_Window]:
    """The whole photo less its margins and, where it is large, random squares of it."""
    top, left, bottom, right = (
        round(margin * side) if margin < 1 else int(margin)
        for margin, side in zip(
            config.margins, (height, width, height, width), strict=True
        )
    )
    inner_height, inner_width = height - top - bottom, width - left - right
    shorter = min(inner_height, inner_width)
    if shorter < LEAST_SIDE:
        raise UnusableError(f"smaller than {LEAST_SIDE} pixels within --crop")
    grow = config.size / shorter
    packed = tuple(
        max(config.size, round(side * grow)) for side in (inner_height, inner_width)
    )
    windows = [_Window(top, left, inner_height, inner_width, packed)]
    if shorter >= _LARGE * config.size:
        rng = np.random.default_rng([config.seed, int(digest[:16], 16)])
        for _ in range(config.views - 1):
            side = int(rng.integers(config.size, shorter, endpoint=True))
            windows.append(
                _Window(
                    top + int(rng.integers(inner_height - side, endpoint=True)),
                    left + int(rng.integers(inner_width - side, endpoint=True)),
                    side,
                    side,
                    (config.size, config.size),
                )
            )
    return windows


def _decode(
    data: bytes, header: Image.Image, shrink: float
) -> tuple[np.ndarray, float]:
    """Decodes to BGR, JPEG no larger than needed; and the scale that came out."""
    try:
        if _is_plain(header) and _is_whole(header.format, data):
            # OpenCV is several times faster than Pillow, lets the other threads run,
            # and turns the photo upright by its EXIF tag as well.
            divisor = 1
            if header.format in ("JPEG", "MPO"):
                divisor = next((d for d in _REDUCED if d <= shrink), 1)
            array = np.frombuffer(data, np.uint8)
            bgr = cv2.imdecode(array, _REDUCED[divisor])
            if bgr is None:
                raise UnusableError("damaged")
            return bgr, 1 / divisor
        # Slower, but it knows every mode and notices a file that ends early.
        rgb = decode_image(data)
        header.load()
        return np.ascontiguousarray(rgb[..., ::-1]), 1.0
    except (InputError, OSError, SyntaxError, ValueError, cv2.error):
        raise UnusableError("truncated or damaged") from None


def _is_plain(header: Image.Image) -> bool:
    plain_format = header.format in ("JPEG", "MPO", "PNG", "WEBP")
    plain_mode = header.mode in ("RGB", "L")
    return plain_format and plain_mode and "transparency" not in header.info


def _is_whole(kind: str, data: bytes) -> bool:
    """Whether the file ends as it should; OpenCV fills a missing end with grey."""
    if kind == "PNG":
        return data.rstrip(b"\0")[-8:-4] == b"IEND"
    if kind == "WEBP":
        return len(data) >= 8 + int.from_bytes(data[4:8], "little")
    return data.rstrip(b"\0\r\n").endswith(b"\xff\xd9")


def _pack(
    bgr: np.ndarray, window: _Window, scale: float, config: BuildConfig
) -> Picture:
    top, left = round(window.top * scale), round(window.left * scale)
    bottom = min(round((window.top + window.height) * scale), bgr.shape[0])
    right = min(round((window.left + window.width) * scale), bgr.shape[1])
    small = _resize(bgr[top:bottom, left:right], window.packed)
    suffix, options = ".jpg", [cv2.IMWRITE_JPEG_QUALITY, config.quality]
    if config.lossless:
        suffix, options = ".png", []
    encoded = cv2.imencode(suffix, small, options)[1].tobytes()
    blue, green, red = (int(total) for total in cv2.sumElems(small)[:3])
    return Picture(encoded, *window.packed, (red, green, blue))


def _resize(image: np.ndarray, packed: tuple[int, int]) -> np.ndarray:
    height, width = packed
    if image.shape[:2] == packed:
        return image
    shrink = image.shape[0] / height
    # Up to half, two pixels a side are enough to see every one, at a sixth of the
    # time of area averaging.
    kind = cv2.INTER_CUBIC if shrink < 1 else cv2.INTER_LINEAR
    return cv2.resize(
        image, (width, height), interpolation=cv2.INTER_AREA if shrink > 2 else kind
    )


def digest_of(data: bytes) -> str:
    """The hash (hex) by which photos are told apart, split and ordered."""
    return hashlib.sha256(data).hexdigest()
