"""Between the editor and the photo: a reduced copy to paint on, the mask painted.

The editor gets a copy of at most `SIDE` pixels, so that a phone's photo is quick to
show; the photo itself stays on the server. Of what the editor gives back, the painted
layer alone is used.
"""

import cv2
import numpy as np

# Longer side of what the editor shows.
SIDE = 1280
# Red, and how much it hides of what lies below.
COLOR = (255, 45, 85)
OPACITY = 0.6
# Alpha from which a pixel counts as painted: the soft edge of a stroke does not.
_PAINTED = 48


def shrink(image: np.ndarray) -> np.ndarray:
    """A copy to show: uint8 [h, w, 3], its longer side at most `SIDE`."""
    height, width = shown_size(*image.shape[:2])
    if (height, width) == image.shape[:2]:
        return image
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def shown_size(height: int, width: int) -> tuple[int, int]:
    """Height and width of what is shown of a photo."""
    scale = min(1, SIDE / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def make_layer(painted: np.ndarray) -> np.ndarray:
    """The layer that shows bool [h, w] painted: uint8 [h, w, 4], RGBA."""
    layer = np.zeros((*painted.shape, 4), np.uint8)
    layer[painted] = (*COLOR, round(255 * OPACITY))
    return layer


def read_painted(value: dict | None, size: tuple[int, int]) -> np.ndarray:
    """What is painted in the editor.

    Args:
        value: what `gradio.ImageEditor` gives: its `layers` are uint8 [h, w, 4].
        size: height and width of what the editor was given.

    Returns:
        bool [height, width].
    """
    painted = np.zeros(size, bool)
    for layer in (value or {}).get("layers") or ():
        alpha = layer[..., 3]
        if alpha.shape != size:
            alpha = cv2.resize(alpha, size[::-1], interpolation=cv2.INTER_NEAREST)
        painted |= alpha >= _PAINTED
    return painted


def scale_mask(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A mask, bool, at another size [height, width]; smooth where it grows.

    What it marks stays marked: where it shrinks, a pixel that holds any of it is.
    """
    if mask.shape == size:
        return mask
    smaller = size[0] < mask.shape[0] or size[1] < mask.shape[1]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    scaled = cv2.resize(mask.astype(np.float32), size[::-1], interpolation=way)
    return scaled > 0 if smaller else scaled >= 0.5


def correct_mask(
    mask: np.ndarray, shown: np.ndarray, painted: np.ndarray
) -> np.ndarray:
    """The mask at the photo's size, with what the brush changed since it was shown.

    Args:
        mask: bool [H, W] of the photo.
        shown: bool [h, w], how the editor was told to show it.
        painted: bool [h, w], what the editor holds now.

    Returns:
        bool [H, W]: `mask` where the brush left the layer alone, there to the bit.
    """
    changed = shown != painted
    if not changed.any():
        return mask
    changed = scale_mask(changed, mask.shape)
    return np.where(changed, scale_mask(painted, mask.shape), mask)
