"""How a photo lies in its file, and how it is turned upright: EXIF's orientation."""

import numpy as np
from PIL import Image

TAG = 0x0112


def read_orientation(image: Image.Image) -> int:
    """EXIF's number from 1 (upright) to 8; 1 where none can be read, as viewers do."""
    try:
        return image.getexif().get(TAG, 1)
    except (OSError, SyntaxError, ValueError):
        return 1


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
