"""Gaps across a hole that an edge may go on over: at both ends the photo runs that way.

Which way it runs at a pixel of the rim is told by the structure tensor of what is known
beside it.
"""

import cv2
import numpy as np

from ce_tf.erasing.structure_tensor import multiply_slopes

_SHORTEST = 10  # pixels of a gap
# What is so thin, a wire, holds no square of this side, and has no such gap across.
_THINNEST = np.ones((7, 7), np.uint8)
# Pixels of the rim, about, that are looked at; the range of grey levels round one, at
# least, and how far round.
_POINTS, _RANGE, _AROUND = 800, 20, 4
# Side of the square that a tensor is summed over, and the share of the contrast in it
# that has to run along a gap; of contrast that runs any way it is a half.
_SQUARE, _STRAIGHT = 11, 0.72
_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


def find_gaps(
    grey: np.ndarray, hole: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gaps with nothing but hole between both ends, along which the photo runs there.

    Args:
        grey: uint8 [h, w].
        hole: bool [h, w].
        known: bool [h, w], what may be read.

    Returns:
        float32 [n, 2, 2], columns and rows of the hole's first and last pixel; and
        float32 [n], 0.72 to 1: the share of the contrast that runs along the gap, at
        the end where that is less.
    """
    if not cv2.erode(hole.astype(np.uint8), _THINNEST, borderValue=0).any():
        return np.zeros((0, 2, 2), np.float32), np.zeros(0, np.float32)
    points, ways = _find_rim(grey, hole, known)
    one, other = np.triu_indices(len(points), 1)
    way = points[other] - points[one]
    square = way * way
    length = square.sum(-1)
    long = length >= _SHORTEST**2
    one, other, way, square = one[long], other[long], way[long], square[long]
    # Of directions, as of tensors, twice the angle.
    double = np.stack([square[:, 0] - square[:, 1], 2 * way[:, 0] * way[:, 1]], -1)
    double /= length[long, np.newaxis]
    share = [(1 - (ways[end] * double).sum(-1)) / 2 for end in (one, other)]
    straight = np.minimum(*share)
    chosen = np.flatnonzero(straight >= _STRAIGHT)
    gaps = np.stack([points[one[chosen]], points[other[chosen]]], 1)
    across = _cross_hole(hole, gaps)
    return gaps[across], straight[chosen[across]]


def _find_rim(
    grey: np.ndarray, hole: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Those of the hole's outermost pixels that have contrast round them.

    Returns:
        float32 [n, 2], columns and rows; and float32 [n, 2], the direction of the
        contrast: cosine and sine of twice its angle, less long where it has no one.
    """
    inner = hole.astype(np.uint8)
    outermost = inner - cv2.erode(inner, _CROSS)
    around = np.ones((2 * _AROUND + 1, 2 * _AROUND + 1), np.uint8)
    brightest = cv2.dilate(np.where(known, grey, 0).astype(np.uint8), around)
    darkest = cv2.erode(np.where(known, grey, 255).astype(np.uint8), around)
    contrast = brightest.astype(np.int16) - darkest
    rows, columns = np.nonzero((outermost > 0) & (contrast >= _RANGE))
    side = max(1, -(-len(rows) // _POINTS))
    cell = (rows // side) * hole.shape[1] + columns // side
    _, first = np.unique(cell, return_index=True)
    rows, columns = rows[first], columns[first]
    # Slopes where all that they are made of is known.
    sure = cv2.erode(
        known.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1
    ).astype(np.float32)
    both, cosine, sine = (
        cv2.boxFilter(
            pixels, -1, (_SQUARE,) * 2, None, (-1, -1), False, cv2.BORDER_CONSTANT
        )[rows, columns]
        for pixels in multiply_slopes(grey, sure)
    )
    ways = np.stack([cosine, sine], -1) / np.maximum(both, 1)[:, np.newaxis]
    return np.stack([columns, rows], -1).astype(np.float32), ways


def _cross_hole(hole: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """Numbers of the gaps, float32 [n, 2, 2], that have nothing but hole between."""
    way = gaps[:, 1] - gaps[:, 0]
    chosen = np.arange(len(gaps))
    for part in np.linspace(0.08, 0.92, 9, dtype=np.float32):
        place = np.rint(gaps[chosen, 0] + part * way[chosen]).astype(np.intp)
        chosen = chosen[hole[place[:, 1], place[:, 0]]]
    return chosen
