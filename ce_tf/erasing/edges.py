"""Straight edges that run into a hole on one side and out of it on another.

A kerb, a horizon, a pole, the joint of two planks: what is the same, across, before a
hole and behind it goes on between. The network, which sees a large hole as a small
picture, tends to lose it on the way. Classic completion draws such edges first, along
curves that a user gives (Sun et al. 2005, "Image Completion with Structure
Propagation"); here those are found that are straight.
"""

import dataclasses

import cv2
import numpy as np

from ce_tf.erasing.edge_ends import find_gaps
from ce_tf.erasing.edge_profiles import (
    HALF,
    NOISE,
    Profiles,
    compare_fill,
    measure_gaps,
)

# Places along an edge where it is read on either side: for a first choice, and then.
_FEW, _STEPS = 4, 10
# How likely an edge is, at least, to be drawn.
_LIKELY = 4000
# Most that the fill may differ from what would be drawn, over the variance across.
_UNLIKE = 1.6
# Least that `_rate` divides by: of 1 - q, and of u.
_STRAY, _ALIKE = 0.005, 0.02
_APART, _MOST = 5, 24  # pixels between two edges' ends; edges of a hole


@dataclasses.dataclass(frozen=True)
class Edge:
    """A gap that an edge goes on across.

    Attributes:
        start: float32 [2], column and row of the hole's first pixel.
        end: float32 [2], of its last.
        before: float32 [11, 3], the colours across it before the hole, a pixel apart:
            the edge itself is in the middle, to two pixels.
        behind: float32 [11, 3], those behind it.
    """

    start: np.ndarray
    end: np.ndarray
    before: np.ndarray
    behind: np.ndarray


def find_edges(image: np.ndarray, hole: np.ndarray, known: np.ndarray) -> list[Edge]:
    """Edges that go on across a hole, the likeliest first.

    Args:
        image: uint8 [h, w, 3], the hole filled: an edge is not drawn where the fill
            shows something else.
        hole: bool [h, w].
        known: bool [h, w], what may be read.

    Returns:
        At most 24, of which no two begin or end within 5 pixels of each other, or run
        where the other's colours are read.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    gaps, straight = find_gaps(grey, hole, known)
    maybe = measure_gaps(grey, known, gaps, _FEW).clear
    gaps, straight = gaps[maybe], straight[maybe]
    colors = image.astype(np.float32)
    profiles = measure_gaps(colors, known, gaps, _STEPS)
    likely = _rate(colors, gaps, straight, profiles)
    order = np.argsort(-likely, kind="stable")
    order = order[likely[order] >= _LIKELY]
    edges: list[Edge] = []
    while len(order) and len(edges) < _MOST:
        best = order[0]
        start, end = gaps[best]
        edges.append(Edge(start, end, profiles.before[best], profiles.behind[best]))
        order = order[~_are_near(gaps[order], gaps[best])]
    return edges


def _rate(
    colors: np.ndarray, gaps: np.ndarray, straight: np.ndarray, profiles: Profiles
) -> np.ndarray:
    """How likely it is that an edge goes on across each gap, float32 [n].

    By the variance a of the colours across, that along the line, s, the gap's length l
    in pixels, the share q of the contrast at its ends that runs along it, u, how much
    the fill differs from the colours, over a, and m, how far from the profile's middle
    it changes most, in pixels: (a / (s + 1))**2 * l / (1 - q) / sqrt(u) / (1 + m * m).
    But for the last, which centres it, the powers are rounded ones of a least squares
    fit: to how much nearer to the photo edges were than the fill that were sought so in
    training photos (docs/erase.md#edges). 0 where no edge is clear.
    """
    mean = (profiles.before + profiles.behind) / 2
    unlike = compare_fill(colors, gaps, mean) / np.maximum(profiles.across, NOISE)
    likely = (profiles.across / (profiles.along + NOISE)) ** 2
    likely *= np.hypot(*(gaps[:, 1] - gaps[:, 0]).T)
    likely /= np.maximum(1 - straight, _STRAY) * np.sqrt(np.maximum(unlike, _ALIKE))
    slope = np.square(np.diff(mean, axis=1)).sum(-1)  # (n, 10), between its places
    between = np.arange(0.5 - HALF, HALF)
    likely /= 1 + (slope @ between / np.maximum(slope.sum(1), NOISE)) ** 2
    return np.where(profiles.clear & (unlike <= _UNLIKE), likely, 0)


def _are_near(gaps: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """Which of gaps, [n, 2, 2], begin, end or run beside another, [2, 2]: bool [n]."""
    apart = np.linalg.norm(gaps[:, :, np.newaxis] - gap, axis=-1)
    way = gap[1] - gap[0]
    length = np.hypot(*way)
    right, down = way / length
    steps = gaps - gap[0]
    done = steps @ np.array((right, down))
    aside = np.abs(steps @ np.array((-down, right))).max(1)
    beside = (aside <= HALF) & (done.max(1) > 0) & (done.min(1) < length)
    return beside | (apart.min((1, 2)) < _APART)
