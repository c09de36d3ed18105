"""Pictures and masks as programs hold them: arrays, Pillow images, paths."""

import os
from typing import Any

import numpy as np
from PIL import Image

from ce_tf.errors import InputError
from ce_tf.files import read_bytes
from ce_tf.images.mask import decode_mask, find_hole, read_values
from ce_tf.images.photo import Photo, read_photo


def take_image(image: Any) -> Photo:
    """A picture that somebody's program holds.

    Args:
        image: uint8 or uint16 [H, W], [H, W, 1], [H, W, 3] RGB or [H, W, 4] RGBA, also
            as lists; a Pillow image; or the path of a photo.

    Raises:
        InputError: it is of another kind.
    """
    if isinstance(image, str | os.PathLike):
        return read_photo(image)
    if isinstance(image, Image.Image):
        grey = image.mode in ("1", "L", "LA")
        form = ("L" if grey else "RGB") + ("A" if image.has_transparency_data else "")
        image = image.convert(form)
    pixels = np.asarray(image)
    known = pixels.dtype in (np.uint8, np.uint16) or isinstance(image, list | tuple)
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    if not known or pixels.ndim not in (2, 3) or channels > 4 or not pixels.size:
        raise InputError(
            "the image must be uint8 or uint16, [H, W], [H, W, 3] RGB or [H, W, 4] "
            f"RGBA, not {pixels.dtype} {list(pixels.shape)}. A float picture from 0 to "
            "1 is (255 * image).round().astype('uint8')."
        )
    if isinstance(image, list | tuple):
        pixels = np.asarray(image, np.uint8)
    if channels in (2, 4):
        alpha = pixels[..., -1]
        pixels = pixels[..., :-1]
    else:
        alpha = None
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    return Photo(pixels, alpha)


def give_back(photo: Photo, like: Any) -> np.ndarray:
    """The pixels of a photo, in the form of the array that it was taken from."""
    pixels = photo.pixels
    if np.ndim(like) == 3 and pixels.ndim == 2:
        pixels = pixels[..., np.newaxis]
    return pixels if photo.alpha is None else np.dstack([pixels, photo.alpha])


def take_mask(mask: Any) -> np.ndarray:
    """A mask that somebody's program holds, by the rule of `mask.find_hole`.

    Args:
        mask: [H, W] or [H, W, C], also as lists: bool, uint8, uint16, or float from 0
            to 1; of colours the brightest counts; a Pillow image; or a path.

    Returns:
        uint8 [H, W], 1 = hole.

    Raises:
        InputError: it is of another kind.
    """
    if isinstance(mask, str | os.PathLike):
        return decode_mask(read_bytes(mask, "mask"), f"mask {mask}")
    if isinstance(mask, Image.Image):
        return find_hole(read_values(mask))
    values = np.asarray(mask)
    if values.ndim not in (2, 3) or (values.ndim == 3 and values.shape[2] > 4):
        raise InputError(f"the mask must be [H, W], not {list(values.shape)}.")
    if values.ndim == 3 and values.dtype == np.uint8 and values.shape[2] > 1:
        return find_hole(read_values(Image.fromarray(values)))
    return find_hole(values if values.ndim == 2 else values.max(-1))
