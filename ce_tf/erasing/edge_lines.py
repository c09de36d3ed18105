"""The pixels of one edge that goes on across a hole."""

import numpy as np

from ce_tf.erasing.edge_profiles import HALF, find_reach
from ce_tf.erasing.edges import Edge

# Pixels beside an edge's middle that are drawn wholly; from there on less and less.
_WHOLE = 2
# How much of the grain it gets.
_GRAIN = 0.7


def add_line(
    edge: Edge,
    image: np.ndarray,
    hole: np.ndarray,
    known: np.ndarray,
    weights: np.ndarray,
    total: np.ndarray,
) -> None:
    """Adds an edge's weights, and its colours times them, in place.

    The colours go over, linearly, from those before the hole to those behind it. To
    them comes the grain of both sides, mirrored into the hole: what a pixel there
    differs by from the colours across.

    Args:
        edge: to be drawn.
        image: uint8 [h, w, 3].
        hole: bool [h, w]; nothing is drawn beside it.
        known: bool [h, w], where grain may come from.
        weights: float32 [h, w].
        total: float32 [h, w, 3].
    """
    way = edge.end - edge.start
    length = np.hypot(*way)
    along = way / length
    low, high = np.minimum(edge.start, edge.end), np.maximum(edge.start, edge.end)
    left, top = np.maximum(low - HALF - 1, 0).astype(int)
    right, bottom = (high + HALF + 2).astype(int)
    place = np.s_[top:bottom, left:right]
    inner = hole[place]
    rows, columns = np.indices(inner.shape, np.float32)
    columns += left - edge.start[0]
    rows += top - edge.start[1]
    done = columns * along[0] + rows * along[1]  # pixels from the start
    aside = rows * along[0] - columns * along[1]
    soft = HALF - _WHOLE + 0.5
    weight = np.clip((HALF + 0.5 - np.abs(aside)) / soft, 0, 1)
    weight *= inner & (done > -2) & (done < length + 2) & (np.abs(aside) <= HALF)
    some = weight > 0
    done, aside = np.clip(done[some], 0, length), aside[some]
    part = (done / length)[:, np.newaxis]
    colors = (1 - part) * _read(edge.before, aside) + part * _read(edge.behind, aside)
    # Seen from the other end left is right.
    sides = (
        (edge.start, along, edge.before, done, aside, 1 - part),
        (edge.end, -along, edge.behind[::-1], length - done, -aside, part),
    )
    for end, inward, profile, into, beside, share in sides:
        reach = find_reach(end, inward, length, known.shape)
        grain = _read_grain(image, known, end, inward, profile, into, beside, reach)
        # Of two grains the mean would be less grainy.
        colors += _GRAIN * share / np.hypot(part, 1 - part) * grain
    weights[place] += weight
    total[place][some] += colors * weight[some][:, np.newaxis]


def _read_grain(
    image: np.ndarray,
    known: np.ndarray,
    end: np.ndarray,
    along: np.ndarray,
    profile: np.ndarray,
    done: np.ndarray,
    aside: np.ndarray,
    reach: np.ndarray,
) -> np.ndarray:
    """What known pixels before the hole differ by from an edge's colours.

    Args:
        image: uint8 [h, w, 3].
        known: bool [h, w].
        end: float32 [2], the edge's, on this side.
        along: float32 [2], its direction into the hole.
        profile: float32 [11, 3], the colours across on this side.
        done: float32 [n], pixels into the hole: as far back is read.
        aside: float32 [n], pixels beside the edge.
        reach: pixels, how far at most; from there it is read forth again, and back.

    Returns:
        float32 [n, 3]; 0 where nothing is known.
    """
    height, width = known.shape
    back = 1 + np.abs((done + reach) % (2 * reach) - reach)
    across = np.array((-along[1], along[0]))
    places = end - along * back[:, np.newaxis] + across * aside[:, np.newaxis]
    column, row = np.rint(places).astype(np.intp).T
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    column, row = column.clip(0, width - 1), row.clip(0, height - 1)
    own = (np.stack([column, row], -1) - end) @ across  # of the pixel itself
    grain = image[row, column] - _read(profile, own.clip(-HALF, HALF))
    return grain * (inside & known[row, column])[:, np.newaxis]


def _read(profile: np.ndarray, aside: np.ndarray) -> np.ndarray:
    """A profile, [11, 3], between its places: float32 [n, 3], by Catmull and Rom."""
    place = aside + HALF
    last = len(profile) - 1
    first = np.clip(np.floor(place), 0, last - 1).astype(int)
    part = (place - first)[:, np.newaxis]
    a, b, c, d = (profile[(first + step).clip(0, last)] for step in (-1, 0, 1, 2))
    cubic = part * (3 * (b - c) + d - a) + 2 * a - 5 * b + 4 * c - d
    return b + part / 2 * (c - a + part * cubic)
