"""Holes: which parts of a picture the network learns to fill.

A mask is 1 where the picture is to be filled, 0 where it is kept.
"""

import functools
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from ce_tf.errors import InputError
from ce_tf.images.silhouettes import decode_silhouettes
from tfrecords_builder.files import Reference, UnusableError
from tfrecords_builder.holes.deformation import paste_silhouette
from tfrecords_builder.holes.strokes import draw_strokes

# Sides of random blocks, as shares of the picture's side.
_BLOCK = (0.08, 0.4)
_TRIES, _INSIST = 25, 8
# How far a hole may be from the area that was asked for.
_OFF = 0.35


def draw_hole(
    rng: np.random.Generator,
    kind: str,
    size: int,
    areas: tuple[float, float],
    labels: Sequence[Reference] = (),
) -> np.ndarray:
    """Draws one hole.

    Args:
        rng: where all randomness comes from: the same state gives the same hole.
        kind: center, block, silhouette or stroke; Context Encoders (Pathak et al.
            2016), figure 3, shows the first three.
        size: side of the mask, pixels.
        areas: least and largest share of the picture that is hole.
        labels: label images to take silhouettes from, each with at least one.

    Returns:
        uint8 [size, size], 1 = hole.

    Raises:
        InputError: no hole of this kind comes out within `areas`.
    """
    if kind == "center":
        return _draw_center(size, areas)
    draw: Callable[[float], np.ndarray] = {
        "block": lambda area: _draw_blocks(rng, size, area),
        "stroke": lambda area: draw_strokes(rng, size, area),
        "silhouette": lambda area: _draw_silhouette(rng, size, area, labels),
    }[kind]
    for _ in range(_TRIES):
        # Areas are asked for evenly, and for a while insisted on, so that small and
        # large holes come alike.
        area = rng.uniform(*areas)
        for _ in range(_INSIST):
            mask = draw(area)
            covered = share_of(mask)
            if areas[0] <= covered <= areas[1] and abs(covered / area - 1) < _OFF:
                return mask
    raise InputError(
        f"no {kind} hole came out between {areas[0]} and {areas[1]} of a "
        f"{size}x{size} picture in {_TRIES * _INSIST} tries; give a wider --hole_area."
    )


@functools.lru_cache(maxsize=1024)
def read_silhouettes(label: Reference) -> tuple[np.ndarray, ...]:
    """The silhouettes of a label image; see `decode_silhouettes`. May be none.

    Raises:
        UnusableError: it cannot be read, or is no label image.
    """
    data = label.read()
    try:
        return decode_silhouettes(data)
    except ValueError as error:
        raise UnusableError(str(error)) from None


def share_of(mask: np.ndarray) -> float:
    """The share of a mask that is hole, 0 to 1."""
    return cv2.countNonZero(mask) / mask.size


def _draw_center(size: int, areas: tuple[float, float]) -> np.ndarray:
    """The paper's centre square: a quarter of the picture, or less if it must."""
    side = int(np.sqrt(min(0.25, areas[1])) * size)
    start = (size - side) // 2
    mask = np.zeros((size, size), np.uint8)
    mask[start : start + side, start : start + side] = 1
    if share_of(mask) < areas[0]:
        raise InputError(f"--hole_area: its least, {areas[0]}, is above the centre's.")
    return mask


def _draw_blocks(rng: np.random.Generator, size: int, area: float) -> np.ndarray:
    """Rectangles at random, overlapping, until they cover at least `area`."""
    mask = np.zeros((size, size), np.uint8)
    while share_of(mask) < area:
        height, width = rng.uniform(*_BLOCK, 2) * size
        # Even over all places that touch the picture: then so is every pixel's chance.
        top = int(rng.uniform(-height, size))
        left = int(rng.uniform(-width, size))
        bottom, right = top + round(height), left + round(width)
        mask[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = 1
    return mask


def _draw_silhouette(
    rng: np.random.Generator, size: int, area: float, labels: Sequence[Reference]
) -> np.ndarray:
    silhouettes = read_silhouettes(labels[int(rng.integers(len(labels)))])
    silhouette = silhouettes[int(rng.integers(len(silhouettes)))]
    return paste_silhouette(rng, silhouette, size, area)
