"""What a mask marks: 1 where the picture is to be filled, 0 where it is kept.

In files white is the hole, from one threshold on: JPEG's ringing, a scan's grain and
video's black (16) stay below it, a soft brush's rim does not. A mask of 0 and just one
other value means what it says, 0 and 1 as well.
"""

import numpy as np
from PIL import Image

from ce_tf.errors import InputError
from ce_tf.images.codec import (
    BROKEN,
    MOST_PIXELS,
    ignore_warnings,
    open_image,
    tell_broken,
)
from ce_tf.images.orientation import transpose_upright

# Of 255: values from here on are hole, where there are several.
HOLE_FROM = 64


def find_hole(values: np.ndarray) -> np.ndarray:
    """The hole of a mask's values.

    Args:
        values: [H, W]: bool; unsigned whole numbers of 8 or 16 bits; or float in
            [0, 1], hole from 0.5 on.

    Returns:
        uint8 [H, W], 1 = hole.

    Raises:
        InputError: they are of another kind, NaN, or beyond 0 to 1.
    """
    if values.dtype.kind == "b":
        return values.astype(np.uint8)
    if values.dtype.kind == "f":
        if not values.size or not (values.min() >= 0 and values.max() <= 1):
            raise InputError(
                "the mask's numbers are not all from 0 to 1 (logits, or NaN?). Give "
                "the shares themselves, or bytes."
            )
        return (values >= 0.5).astype(np.uint8)
    if values.dtype.kind not in "ui" or not values.size or values.min() < 0:
        raise InputError(
            f"the mask is of {values.dtype}; give bool, uint8, uint16, or float from "
            "0 to 1."
        )
    largest = values.max()
    full = 65535 if largest > 255 or values.dtype == np.uint16 else 255
    several = ((values > 0) & (values < largest)).any()
    least = HOLE_FROM * (full // 255) if several else 1
    return (values >= least).astype(np.uint8)


def decode_mask(
    data: bytes, name: str = "mask", most_pixels: int = MOST_PIXELS
) -> np.ndarray:
    """Decodes a mask file, upright as its EXIF tag says; of colours the brightest.

    An alpha channel counts only where the file has nothing else: where its colours are
    the same everywhere.

    Returns:
        uint8 [height, width], 1 = hole, 0 = kept.

    Raises:
        InputError: the bytes are no picture, end early, or hold more pixels than
            `most_pixels`.
    """
    header = open_image(data, name, most_pixels)
    try:
        with ignore_warnings():
            return find_hole(read_values(transpose_upright(header)))
    except BROKEN as error:
        raise tell_broken(name, error) from None


def read_values(image: Image.Image) -> np.ndarray:
    """The numbers that say what is hole: [H, W]."""
    if image.has_transparency_data:
        pixels = np.asarray(image.convert("RGBA"))
        colour, alpha = pixels[..., :3], pixels[..., 3]
        return alpha if (colour == colour[0, 0]).all() else colour.max(-1)
    if image.mode in ("1", "L") or image.mode[0] in "IF":
        return np.asarray(image)
    return np.asarray(image.convert("RGB")).max(-1)
