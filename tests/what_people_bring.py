"""Makers of photos and masks of every kind that people bring, with the true hole.

Known pixels have one narrow range of colours, what is to be erased another: a fill that
comes from anywhere but the known pixels shows.
"""

import io

import cv2
import numpy as np
from PIL import Image, ImageCms

# Known pixels lie between these, each channel; the object is magenta.
LEAST, MOST = 90, 150
_OBJECT = (255, 0, 255)
_FAINT = 40  # of 255: noise in a mask's black reaches so far


def make_scene(height: int, width: int, hole: np.ndarray) -> np.ndarray:
    """uint8 [H, W, 3]: texture, with an object where bool [H, W] says."""
    rng = np.random.default_rng(height * width)
    coarse = rng.integers(LEAST + 20, MOST - 20, (4, 6, 3)).astype(np.uint8)
    image = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    image += rng.integers(0, 8, image.shape, dtype=np.uint8)
    image[hole] = _OBJECT
    return image


def make_hole(height: int, width: int) -> np.ndarray:
    """bool [H, W]: a disc in the middle of the left half."""
    rows, columns = np.mgrid[:height, :width]
    radius = min(height, width) / 6
    return (rows - height / 2) ** 2 + (columns - width / 3) ** 2 < radius**2


def encode(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _deep(pixels: np.ndarray, suffix: str) -> bytes:
    return cv2.imencode(suffix, pixels[..., ::-1].astype(np.uint16) * 257)[1].tobytes()


def _rotated(image: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encode(image.transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif)


# Name -> (ending, bytes of the file from RGB pixels).
PHOTOS = {
    "png": (".png", lambda p: encode(Image.fromarray(p), "PNG")),
    "jpeg": (".jpg", lambda p: encode(Image.fromarray(p), "JPEG", quality=95)),
    "webp": (".webp", lambda p: encode(Image.fromarray(p), "WEBP", lossless=True)),
    "avif": (".avif", lambda p: encode(Image.fromarray(p), "AVIF", quality=95)),
    "tiff": (".tif", lambda p: encode(Image.fromarray(p), "TIFF")),
    "bmp": (".bmp", lambda p: encode(Image.fromarray(p), "BMP")),
    "upper case": (".PNG", lambda p: encode(Image.fromarray(p), "PNG")),
    "16-bit png": (".png", lambda p: _deep(p, ".png")),
    "16-bit tiff": (".tif", lambda p: _deep(p, ".tif")),
    "rgba": (".png", lambda p: encode(Image.fromarray(p).convert("RGBA"), "PNG")),
    "turned by exif": (".png", lambda p: _rotated(Image.fromarray(p))),
    "srgb profile": (
        ".jpg",
        lambda p: encode(
            Image.fromarray(p),
            "JPEG",
            quality=95,
            icc_profile=ImageCms.ImageCmsProfile(
                ImageCms.createProfile("sRGB")
            ).tobytes(),
        ),
    ),
}
# Kinds that lose something by themselves: outside the hole they are compared loosely.
LOSSY = {"jpeg", "avif", "srgb profile"}


def _noisy(hole: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(0)
    grain = rng.integers(0, _FAINT, hole.shape)
    return np.where(hole, 255 - grain, grain).astype(np.uint8)


def _png(pixels: np.ndarray) -> bytes:
    return encode(Image.fromarray(pixels), "PNG")


def _with_alpha(hole: np.ndarray) -> bytes:
    white = np.full((*hole.shape, 3), 255, np.uint8)
    return _png(np.dstack([white, hole.astype(np.uint8) * 255]))


def _in_palette(hole: np.ndarray) -> bytes:
    image = Image.fromarray(hole.astype(np.uint8)).convert("P")
    image.putdata(hole.ravel().astype(int).tolist())
    image.putpalette([0, 0, 0, 255, 255, 255])
    return encode(image, "PNG")


def _in_colour(hole: np.ndarray) -> bytes:
    red = np.zeros((*hole.shape, 3), np.uint8)
    red[hole] = 230, 20, 20
    return _png(red)


# Name -> bytes of a mask file for bool [H, W].
MASKS = {
    "0 and 255": lambda hole: _png(hole.astype(np.uint8) * 255),
    "0 and 1": lambda hole: _png(hole.astype(np.uint8)),
    "one bit": lambda hole: encode(Image.fromarray(hole), "PNG"),
    "a scan's grain": lambda hole: _png(_noisy(hole)),
    "jpeg": lambda hole: encode(
        Image.fromarray(hole.astype(np.uint8) * 255), "JPEG", quality=60
    ),
    "video's black": lambda hole: _png(np.where(hole, 235, 16).astype(np.uint8)),
    "16 bits": lambda hole: _png(np.where(hole, 60_000, 900).astype(np.uint16)),
    "16 bits, 0 and 1": lambda hole: _png(hole.astype(np.uint16)),
    "alpha alone": _with_alpha,
    "palette": _in_palette,
    "colour": _in_colour,
}
# Name -> (photo's height and width, hole) of holes that windows stumble over.
SHAPES = {
    "a banner, most of its width": (90, 728, np.s_[:, 300:400]),
    "a banner's end": (90, 728, np.s_[:, 600:]),
    "a panorama, all of its height": (100, 800, np.s_[:, 100:420]),
    "a long screenshot": (800, 100, np.s_[200:500, :]),
    "a wider canvas": (120, 200, np.s_[:, 60:]),
    "all but a column": (60, 80, np.s_[:, 1:]),
    "all but a pixel": (40, 50, None),
    "one row": (1, 90, np.s_[:, 20:60]),
    "one column": (90, 1, np.s_[20:60, :]),
    "a strip, all but its end": (130, 8, np.s_[:-1]),
}


def make_shape(name: str) -> np.ndarray:
    """bool [H, W], the hole of one of SHAPES."""
    height, width, place = SHAPES[name]
    hole = np.zeros((height, width), bool)
    if place is None:
        hole[:] = True
        hole[-1, -1] = False
    else:
        hole[place] = True
    return hole
