"""Draws edges that go on across a hole into its fill."""

import dataclasses

import cv2
import numpy as np

from ce_tf.erasing.blending import match_rim, widen_box
from ce_tf.erasing.edge_lines import add_line
from ce_tf.erasing.edges import find_edges

# The hole's longer side, at most, where edges are found and drawn.
_LONGEST = 400
# What lies further from the hole is not looked at.
_AROUND = 40
# How much of an edge is what was drawn, at its middle; the rest is copied texture.
_SHARE = 0.85
# How far, in pixels, the fill beside an edge takes part in what is drawn.
_REACH = 12


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A fill that edges go on in.

    Attributes:
        image: uint8 [h, w, 3].
        share: float32 [h, w], 0 to 1: how much of a pixel an edge is.
        lines: float32 [h, w, 3], the edges' colours times that.
    """

    image: np.ndarray
    share: np.ndarray
    lines: np.ndarray


def continue_edges(
    image: np.ndarray, hole: np.ndarray, known: np.ndarray
) -> Drawn | None:
    """Straight edges that meet the hole on two sides go on across it.

    Args:
        image: uint8 [h, w, 3], the hole filled.
        hole: bool [h, w], not empty.
        known: bool [h, w], where edges are looked for.

    Returns:
        The image, changed in the hole alone; None where there are none. What is drawn
        goes over, linearly, from the colours before the hole to those behind it, and
        the fill beside it is shifted to meet it (`match_rim`). A hole longer than 400
        pixels is worked on as a smaller picture, and the difference enlarged.
    """
    box = cv2.boundingRect(hole.astype(np.uint8))
    place, longer = widen_box(box, _AROUND), max(box[2:])
    fill, inner, sure = image[place], hole[place], known[place]
    if longer <= _LONGEST:
        drawn = _draw_edges(fill, inner, sure)
    else:
        drawn = _draw_small(fill, inner, sure, longer)
    if drawn is None:
        return None
    share, lines = (np.zeros(s, np.float32) for s in (hole.shape, image.shape))
    whole = Drawn(image.copy(), share, lines)
    whole.image[place][inner] = drawn.image[inner]
    whole.share[place][inner] = drawn.share[inner]
    whole.lines[place][inner] = drawn.lines[inner]
    return whole


def lay_edges(
    drawn: Drawn, fill: np.ndarray, textured: np.ndarray, weight: float
) -> np.ndarray:
    """Edges over the texture that followed them.

    What is copied has edges too, a pixel or two aside: where one is drawn it is left
    out for the most part.

    Args:
        drawn: what texture was sought for, with all of the edges.
        fill: uint8 [h, w, 3], before they were drawn.
        textured: uint8 [h, w, 3], after.
        weight: 0 to 1, how much of edges and texture is taken.

    Returns:
        uint8 [h, w, 3].
    """
    share = _SHARE * drawn.share[..., np.newaxis]
    less = np.float32(1 - weight)
    mixed = (textured - less * drawn.image) * (1 - share) + less * fill
    mixed += weight * _SHARE * drawn.lines
    return np.round(mixed).clip(0, 255).astype(np.uint8)


def _draw_small(
    image: np.ndarray, hole: np.ndarray, known: np.ndarray, longer: int
) -> Drawn | None:
    """As `_draw_edges`, of a hole of that longer side: drawn small, and enlarged."""
    size = tuple(
        max(1, round(length * _LONGEST / longer)) for length in hole.shape[::-1]
    )
    small, part, share = (
        cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        for pixels in (image, hole.astype(np.float32), known.astype(np.float32))
    )
    drawn = _draw_edges(small, part > 0, share > 1 - 1e-4)
    if drawn is None:
        return None
    change, share, lines = (
        cv2.resize(pixels, hole.shape[::-1])
        for pixels in (
            drawn.image - small.astype(np.float32),
            drawn.share,
            drawn.lines,
        )
    )
    whole = np.round(image + change).clip(0, 255).astype(np.uint8)
    return Drawn(whole, share, lines)


def _draw_edges(image: np.ndarray, hole: np.ndarray, known: np.ndarray) -> Drawn | None:
    """The image with the edges that were found; None where there are none."""
    edges = find_edges(image, hole, known)
    if not edges:
        return None
    weights = np.zeros(hole.shape, np.float32)
    total = np.zeros(image.shape, np.float32)
    for edge in edges:
        add_line(edge, image, hole, known, weights, total)
    share = np.minimum(weights, 1)
    lines = total / np.maximum(weights, 1)[..., np.newaxis]
    drawn = image * (1 - share[..., np.newaxis]) + lines
    drawn = np.round(drawn).clip(0, 255).astype(np.uint8)
    drawn = match_rim(drawn, hole & (weights == 0), image, _REACH)
    return Drawn(drawn, share, lines)
