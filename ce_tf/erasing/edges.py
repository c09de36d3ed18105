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

# Pixels on either side of an edge that belong to its profile.
HALF = 5
_ACROSS = np.arange(-HALF, HALF + 1, dtype=np.float32)
# Places along an edge where it is read, before the hole and behind it: for a first
# choice, and then. They reach as far as half of the gap is long, between these.
_FEW, _STEPS, _NEAR, _FAR = 4, 10, 10, 28
_SHORTEST = 10  # pixels of a gap
_POINTS = 200  # of the rim, about, that a first choice is made of
# Least share of what is read that is known, and least range of grey levels round a
# rim's pixel, from which it is looked at.
_SEEN, _RANGE, _AROUND = 0.75, 20, 4
# Least variance across an edge, mean of channels, in squared levels; what it is at
# least over what varies along it or differs on both sides, at first and at last; and
# what is added to that.
_FAINTEST, _MAYBE, _CLEAR, _NOISE = 12, 1, 2.5, 1
# Most that the fill may differ from what would be drawn, over the variance across.
_UNLIKE = 1.3
_APART, _MOST = 5, 24  # pixels between two edges' ends; edges of a hole
_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
_CHUNK = 3000  # gaps at a time: 20 MB of pixels


@dataclasses.dataclass(frozen=True)
class Edge:
    """A gap that an edge goes on across.

    Attributes:
        start: float32 [2], column and row of the hole's first pixel.
        end: float32 [2], of its last.
        before: float32 [11, 3], the colours across it before the hole, a pixel apart:
            the edge itself is in the middle.
        behind: float32 [11, 3], those behind it.
    """

    start: np.ndarray
    end: np.ndarray
    before: np.ndarray
    behind: np.ndarray


def find_edges(image: np.ndarray, hole: np.ndarray, known: np.ndarray) -> list[Edge]:
    """Edges that go on across a hole, the clearest first.

    Args:
        image: uint8 [h, w, 3], the hole filled: an edge is not drawn where the fill
            shows something else.
        hole: bool [h, w].
        known: bool [h, w], what may be read.

    Returns:
        At most 24, which begin and end 5 pixels from each other at least. Of each the
        colours that are read along it, before the hole and behind it, make a mean
        profile: its variance is at least two and a half times that along the edge and
        between both sides together.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    rim, cells = _find_rim(grey, hole, known)
    # First one pixel of each cell with one of each other, of the clearest then more.
    pairs = np.stack(np.triu_indices(len(cells), 1), -1)
    gaps, asked = _cross_hole(hole, rim[cells[:, 1][pairs]])
    maybe = _measure_gaps(grey, known, gaps, _FEW)[0] >= _MAYBE
    one, other = cells[pairs[asked][maybe]].transpose(1, 2, 0)  # (3, n) each
    pairs = np.stack(np.broadcast_arrays(one[:, None], other[None]), -1).reshape(-1, 2)
    gaps, _ = _cross_hole(hole, rim[np.unique(pairs, axis=0)])
    clear, before, behind = _measure_gaps(image, known, gaps, _STEPS)
    edges: list[Edge] = []
    for number in np.argsort(-clear, kind="stable"):
        if clear[number] < _CLEAR or len(edges) == _MOST:
            break
        start, end = gaps[number]
        edge = Edge(start, end, before[number], behind[number])
        if not any(_is_near(edge, other) for other in edges):
            edges.append(edge)
    return [edge for edge in edges if _fits_fill(image, edge)]


def _find_rim(
    grey: np.ndarray, hole: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The hole's outermost pixels that have contrast round them.

    Returns:
        float32 [n, 2], columns and rows; and int [m, 3], for each of about 200 cells,
        or one a pixel, its first, middle and last pixel.
    """
    inner = hole.astype(np.uint8)
    outermost = inner - cv2.erode(inner, _CROSS)
    around = np.ones((2 * _AROUND + 1, 2 * _AROUND + 1), np.uint8)
    brightest = cv2.dilate(np.where(known, grey, 0).astype(np.uint8), around)
    darkest = cv2.erode(np.where(known, grey, 255).astype(np.uint8), around)
    contrast = brightest.astype(np.int16) - darkest
    rim = np.argwhere((outermost > 0) & (contrast >= _RANGE))
    side = max(1, -(-len(rim) // _POINTS))
    down, right = (rim // side).T
    order = np.lexsort((right, down))
    cell = down[order] * hole.shape[1] + right[order]
    _, first, count = np.unique(cell, return_index=True, return_counts=True)
    cells = order[np.stack([first, first + count // 2, first + count - 1], -1)]
    return rim[:, ::-1].astype(np.float32), cells


def _cross_hole(hole: np.ndarray, gaps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Those gaps with nothing but hole between both ends, and which of them they are.

    Args:
        hole: bool [h, w].
        gaps: float32 [n, 2, 2], both ends.
    """
    way = gaps[:, 1] - gaps[:, 0]
    chosen = np.flatnonzero((way**2).sum(-1) >= _SHORTEST**2)
    for part in np.linspace(0.08, 0.92, 9, dtype=np.float32):
        place = np.rint(gaps[chosen, 0] + part * way[chosen]).astype(np.intp)
        chosen = chosen[hole[place[:, 1], place[:, 0]]]
    return gaps[chosen], chosen


def _measure_gaps(
    image: np.ndarray, known: np.ndarray, gaps: np.ndarray, steps: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How clear an edge goes on across each gap, float32 [n], and its two profiles.

    Args:
        image: uint8 [h, w] or [h, w, C].
        known: bool [h, w].
        gaps: float32 [n, 2, 2], both ends.
        steps: places that are read on either side.
    """
    channels = 1 if image.ndim == 2 else image.shape[2]
    clear = np.zeros(len(gaps), np.float32)
    before, behind = np.zeros((2, len(gaps), len(_ACROSS), channels), np.float32)
    for first in range(0, len(gaps), _CHUNK):
        some = slice(first, first + _CHUNK)
        one = _read_side(image, known, gaps[some], steps)
        # Seen from the other end left is right.
        other = _read_side(image, known, gaps[some, ::-1], steps)
        before[some], behind[some] = one[0], other[0][:, ::-1]
        mean = (before[some] + behind[some]) / 2
        across = np.square(mean - mean.mean(1, keepdims=True)).mean((1, 2))
        apart = np.square(before[some] - behind[some]).mean((1, 2))
        share = across / ((one[1] + other[1]) / 2 + apart + _NOISE)
        usable = one[2] & other[2] & (across >= _FAINTEST)
        clear[some] = np.where(usable, share, 0)
    return clear, before, behind


def _read_side(
    image: np.ndarray, known: np.ndarray, gaps: np.ndarray, steps: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What lies before each gap, on its line.

    Returns:
        The mean colours across, float32 [n, 11, C]; how much they vary along the line,
        float32 [n], squared levels; whether enough of it is known, bool [n].
    """
    starts = gaps[:, 0]
    way = gaps[:, 1] - starts
    length = np.hypot(*way.T)[:, np.newaxis]
    along = way / length
    across = np.stack([-along[:, 1], along[:, 0]], -1)
    reach = np.clip(length / 2, _NEAR, _FAR)
    back = 1 + np.linspace(0, 1, steps, dtype=np.float32) * reach  # (n, steps)
    columns, rows = (
        starts[:, axis, np.newaxis, np.newaxis]
        - along[:, axis, np.newaxis, np.newaxis] * back[..., np.newaxis]
        + across[:, axis, np.newaxis, np.newaxis] * _ACROSS
        for axis in (0, 1)
    )  # each (n, steps, across)
    height, width = known.shape
    column, row = (np.rint(places).astype(np.intp) for places in (columns, rows))
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    seen = inside & known[row.clip(0, height - 1), column.clip(0, width - 1)]
    colors = cv2.remap(
        image,
        columns.reshape(-1, len(_ACROSS)),
        rows.reshape(-1, len(_ACROSS)),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    colors = colors.reshape(*seen.shape, -1).astype(np.float32)
    share = seen[..., np.newaxis].astype(np.float32)
    count = share.sum(1)
    mean = (colors * share).sum(1) / np.maximum(count, 1)
    spread = (np.square(colors - mean[:, np.newaxis]) * share).sum((1, 2, 3))
    spread /= np.maximum(count.sum((1, 2)), 1) * colors.shape[-1]
    enough = (seen.mean((1, 2)) > _SEEN) & (count.min((1, 2)) >= steps / 2)
    return mean, spread, enough


def _is_near(edge: Edge, other: Edge) -> bool:
    """Whether two begin or end side by side."""
    ends, others = (edge.start, edge.end), (other.start, other.end)
    return min(np.hypot(*(a - b)) for a in ends for b in others) < _APART


def _fits_fill(image: np.ndarray, edge: Edge) -> bool:
    """Whether the fill shows nothing that is quite another thing."""
    way = edge.end - edge.start
    along = way / np.hypot(*way)
    middles = edge.start + way * np.linspace(0.1, 0.9, 12, dtype=np.float32)[:, None]
    columns = middles[:, :1] - along[1] * _ACROSS
    rows = middles[:, 1:] + along[0] * _ACROSS
    filled = cv2.remap(
        image, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)
    mean = (edge.before + edge.behind) / 2
    across = np.square(mean - mean.mean(0)).sum(-1).mean()
    return bool(np.square(filled - mean).sum(-1).mean() <= _UNLIKE * across)
