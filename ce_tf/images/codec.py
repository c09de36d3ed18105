"""Pictures between files and arrays: any mode in, RGB out."""

import contextlib
import io
import struct
import threading
import warnings
from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image, ImageFile

from ce_tf.errors import InputError
from ce_tf.extras import require_extra
from ce_tf.images.color import convert_to_rgb
from ce_tf.images.orientation import transpose_upright

# JPEG quality of what we write where the format is lossy.
_JPEG_QUALITY = 95
# Pixels of a picture above which it is a bomb, or no photo: 300 million.
MOST_PIXELS = 300_000_000
# Formats whose files need a byte for so many pixels at least: a page of one colour, in
# the tightest way that there is (deflate packs 1032 bytes, of 8 pixels, into one).
_DENSE = ("JPEG", "MPO", "PNG", "BMP", "TIFF", "GIF")
_PIXELS_OF_A_BYTE = 10_000
_PILLOW_LIMIT = threading.Lock()
# Of a broken file it writes a line of its own, beside our error.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
# What decoders and encoders raise at data that is broken.
BROKEN: tuple[type[Exception], ...] = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
)
BROKEN += (struct.error, ArithmeticError, AttributeError, RuntimeError, cv2.error)
# How HEIF files say that they are HEIC: the first brand.
_HEIF = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1", b"ftypheim")
# Modes that OpenCV turns into RGB by itself: colour, grey, and either of 16 bits.
_PLAIN_MODES = ("RGB", "L", "1", "I;16", "I;16B")


def decode_image(data: bytes, name: str = "image") -> np.ndarray:
    """Decodes a picture of any mode to RGB, turned upright as its EXIF tag says.

    Grey and palette become RGB, CMYK is converted, transparent parts are laid over
    white, 16 bits become 8.

    Args:
        data: the bytes of a file.
        name: how errors call it.

    Returns:
        uint8 [height, width, 3], RGB.

    Raises:
        InputError: the bytes are no picture, or end early.
    """
    header = open_image(data, name)
    try:
        if header.mode in _PLAIN_MODES and not header.has_transparency_data:
            # About twice as fast as Pillow; applies EXIF orientation too.
            image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
            if image is not None:
                return image
        with ignore_warnings():
            return np.asarray(_over_white(transpose_upright(header)))
    except BROKEN as error:
        raise tell_broken(name, error) from None


def encode_image(image: np.ndarray, suffix: str) -> bytes:
    """Encodes uint8 pixels as `suffix`, ".png" say.

    Args:
        image: RGB [height, width, 3], RGBA [height, width, 4] or grey [height, width].
        suffix: ending of the format.

    Raises:
        InputError: OpenCV writes no such format.
    """
    pixels = image
    if image.ndim == 3:
        to_opencv = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}[image.shape[2]]
        pixels = cv2.cvtColor(image, to_opencv)
    lossy = suffix in (".jpg", ".jpeg")
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if lossy else []
    try:
        done, data = cv2.imencode(suffix, pixels, options)
    except cv2.error:
        done = False
    if not done:
        raise InputError(
            f"{suffix or 'a name without an ending'} is no picture format that can be "
            "written. Use .png (keeps every pixel), .jpg or .webp."
        )
    return data.tobytes()


def open_image(
    data: bytes, name: str, most_pixels: int = MOST_PIXELS
) -> ImageFile.ImageFile:
    """Reads the header of a picture; pixels are decoded when they are asked for.

    HEIC files are read where pillow-heif is installed (the extra `heic`).

    Raises:
        InputError: the bytes are no picture, too few for its size, or it has more
            pixels than `most_pixels`.
    """
    if data[4:12] in _HEIF:
        _register_heif(name)
    try:
        image = open_header(data)
    except BROKEN:
        raise InputError(f"{name} is no picture that can be read.") from None
    width, height = image.size
    if width * height > most_pixels:
        raise InputError(
            f"{name} is refused: {width}x{height} pixels are more than "
            f"{most_pixels / 1e6:.0f} million (--megapixels)."
        )
    if is_too_short(data, str(image.format), width * height):
        raise InputError(
            f"{name} is damaged: {len(data)} bytes cannot hold the {width}x{height} "
            "pixels that its header tells of."
        )
    return image


def open_header(
    data: bytes, formats: tuple[str, ...] | None = None
) -> ImageFile.ImageFile:
    """Opens a picture with Pillow, of any size; raises what Pillow raises.

    Args:
        data: the bytes of a file.
        formats: that it may have, by Pillow's names; None is any.
    """
    # Pillow's own limit is one for the whole process, and lower than today's phones.
    with _PILLOW_LIMIT, ignore_warnings():
        before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            return Image.open(io.BytesIO(data), formats=formats)
        finally:
            Image.MAX_IMAGE_PIXELS = before


def is_too_short(data: bytes, kind: str, pixels: int) -> bool:
    """Whether a file of that format (Pillow's name) cannot hold so many pixels."""
    return kind in _DENSE and len(data) * _PIXELS_OF_A_BYTE < pixels


def tell_broken(name: str, error: Exception) -> InputError:
    """What a decoder raised, in one line."""
    return InputError(f"{name} cannot be decoded: {' '.join(str(error).split())}.")


@contextlib.contextmanager
def ignore_warnings() -> Iterator[None]:
    """Lets Pillow decode without a word on EXIF that is broken."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
        yield


def _register_heif(name: str) -> None:
    require_extra("heic", f"{name}, a HEIC file,")
    import pillow_heif

    pillow_heif.register_heif_opener()


def _over_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return convert_to_rgb(image)[0]
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")
