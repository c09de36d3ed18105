"""Finds the object in a box by itself: GrabCut (Rother et al. 2004)."""

import cv2
import numpy as np

from ce_tf.errors import InputError

_ROUNDS = 5
# Longer side of what GrabCut works on: its time grows with the area.
_SIDE = 400
# How much of the surroundings tells what is background, over the box's longer side.
_AROUND = 0.5


def parse_box(text: str) -> tuple[int, int, int, int]:
    """`x,y,w,h` as four whole numbers, w and h above 0.

    Raises:
        InputError: it is something else.
    """
    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError:
        width = height = 0
    if width <= 0 or height <= 0:
        raise InputError(
            f"--box={text} is no box. Give x,y,w,h in pixels, w and h > 0."
        )
    return x, y, width, height


def select_object(image: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """The object in a box.

    Args:
        image: uint8 [H, W, 3].
        box: left, top, width, height in pixels.

    Returns:
        uint8 [H, W], 1 = object, all within the box; the whole box where nothing in it
        stands out.

    Raises:
        InputError: the box does not lie in the photo, or leaves nothing outside.
    """
    height, width = image.shape[:2]
    x, y, box_width, box_height = box
    fits = min(x, y) >= 0 and x + box_width <= width and y + box_height <= height
    if not fits or (box_width, box_height) == (width, height):
        raise InputError(
            f"--box={x},{y},{box_width},{box_height} must lie within the photo of "
            f"{width}x{height} pixels and leave some of it outside."
        )
    margin = max(8, round(max(box_width, box_height) * _AROUND))
    rows = slice(max(0, y - margin), min(height, y + box_height + margin))
    columns = slice(max(0, x - margin), min(width, x + box_width + margin))
    part = image[rows, columns]
    labels = np.full(part.shape[:2], cv2.GC_BGD, np.uint8)
    top, left = y - rows.start, x - columns.start
    inside = slice(top, top + box_height), slice(left, left + box_width)
    labels[inside] = cv2.GC_PR_FGD
    found = np.zeros(part.shape[:2], np.uint8)
    found[inside] = _cut(part, labels)[inside]
    if not found.any():
        found[inside] = 1
    mask = np.zeros((height, width), np.uint8)
    mask[rows, columns] = found
    return mask


def _cut(part: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """GrabCut at a bounded size: uint8 of the part's size, 1 = object."""
    height, width = labels.shape
    scale = min(1, _SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    small_labels = cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST)
    if len(np.unique(small_labels)) < 2:
        return np.zeros_like(labels)
    cv2.setRNGSeed(0)
    cv2.grabCut(
        np.ascontiguousarray(small[..., ::-1]),
        small_labels,
        (0, 0, 0, 0),  # not used: the labels say where to begin
        np.zeros((1, 65)),
        np.zeros((1, 65)),
        _ROUNDS,
        cv2.GC_INIT_WITH_MASK,
    )
    found = np.isin(small_labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    return (cv2.resize(found, (width, height)) >= 0.5).astype(np.uint8)
