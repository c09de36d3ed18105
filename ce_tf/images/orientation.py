"""How a photo lies in its file, and how it is turned upright: EXIF's orientation."""

import numpy as np
from PIL import Image

TAG = 0x0112
_TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_orientation(image: Image.Image) -> int:
    """EXIF's number from 1 (upright) to 8; 1 where none can be read, as viewers do."""
    try:
        number = image.getexif().get(TAG, 1)
    except (OSError, SyntaxError, ValueError):
        return 1
    return number if number in _TURNS else 1


def transpose_upright(image: Image.Image) -> Image.Image:
    """The picture turned upright. Pillow's own way stumbles over other broken tags."""
    image.load()  # which turns a TIFF by itself, and takes the tag away
    turn = _TURNS[read_orientation(image)]
    return image if turn is None else image.transpose(turn)


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Height and width of the picture turned upright; reads no pixels."""
    width, height = image.size
    turned = read_orientation(image) in (5, 6, 7, 8)
    return (width, height) if turned else (height, width)


def turn_upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """The pixels [h, w, ...] upright, by EXIF's number."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
