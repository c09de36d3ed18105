"""What lies on the lines of gaps, before a hole and behind it."""

import dataclasses

import cv2
import numpy as np

# Pixels on either side of a line that belong to its profile.
HALF = 5
_ACROSS = np.arange(-HALF, HALF + 1, dtype=np.float32)
# A line is read as far as half of the gap is long, between these, and no further than
# the picture, where that leaves so many pixels.
_NEAR, _FAR, _LEFT = 10, 28, 6
_SEEN = 0.75  # least share of what is read that is known
# Least variance across an edge, mean of channels, in squared levels; what it is at
# least over that along it, of which a part counts, and what differs on both sides; and
# what is added to that.
_FAINTEST, _CLEAR, _PART, NOISE = 12, 0.7, 0.3, 1
_CHUNK = 3000  # gaps at a time: 20 MB of pixels


@dataclasses.dataclass(frozen=True)
class Profiles:
    """What lies on the lines of n gaps, before the hole and behind it.

    Attributes:
        before: float32 [n, 11, C], the colours across.
        behind: float32 [n, 11, C].
        across: float32 [n], the variance across of the mean of both, squared levels; 0
            where too little is known.
        along: float32 [n], the variance along the lines.
    """

    before: np.ndarray
    behind: np.ndarray
    across: np.ndarray
    along: np.ndarray

    @property
    def clear(self) -> np.ndarray:
        """Which of them look like an edge that is the same on both sides, bool [n]."""
        apart = np.square(self.before - self.behind).mean((1, 2))
        other = _PART * self.along + apart + NOISE
        return (self.across >= _FAINTEST) & (self.across >= _CLEAR * other)


def measure_gaps(
    image: np.ndarray, known: np.ndarray, gaps: np.ndarray, steps: int
) -> Profiles:
    """What lies on the lines of gaps.

    Args:
        image: uint8 [h, w], or float32 [h, w, 3], levels.
        known: bool [h, w].
        gaps: float32 [n, 2, 2], both ends.
        steps: places that are read on either side.
    """
    channels = 1 if image.ndim == 2 else image.shape[2]
    before, behind = np.zeros((2, len(gaps), len(_ACROSS), channels), np.float32)
    across, along = np.zeros((2, len(gaps)), np.float32)
    for first in range(0, len(gaps), _CHUNK):
        some = slice(first, first + _CHUNK)
        one = _read_side(image, known, gaps[some], steps)
        # Seen from the other end left is right.
        other = _read_side(image, known, gaps[some, ::-1], steps)
        before[some], behind[some] = one[0], other[0][:, ::-1]
        mean = (before[some] + behind[some]) / 2
        variance = np.square(mean - mean.mean(1, keepdims=True)).mean((1, 2))
        across[some] = np.where(one[2] & other[2], variance, 0)
        along[some] = (one[1] + other[1]) / 2
    return Profiles(before, behind, across, along)


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
    height, width = known.shape
    reach = find_reach(starts, along, length[:, 0], known.shape)[:, np.newaxis]
    back = 1 + np.linspace(0, 1, steps, dtype=np.float32) * reach  # (n, steps)
    columns, rows = (
        starts[:, axis, np.newaxis, np.newaxis]
        - along[:, axis, np.newaxis, np.newaxis] * back[..., np.newaxis]
        + across[:, axis, np.newaxis, np.newaxis] * _ACROSS
        for axis in (0, 1)
    )  # each (n, steps, across)
    column, row = (np.rint(places).astype(np.intp) for places in (columns, rows))
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    seen = inside & known[row.clip(0, height - 1), column.clip(0, width - 1)]
    colors = _read_colors(image, columns, rows)
    share = seen[..., np.newaxis].astype(np.float32)
    count = share.sum(1)
    mean = (colors * share).sum(1) / np.maximum(count, 1)
    spread = (np.square(colors - mean[:, np.newaxis]) * share).sum((1, 2, 3))
    spread /= np.maximum(count.sum((1, 2)), 1) * colors.shape[-1]
    enough = (seen.mean((1, 2)) > _SEEN) & (count.min((1, 2)) >= steps / 2)
    return mean, spread, enough


def find_reach(
    starts: np.ndarray, along: np.ndarray, length: np.ndarray, shape: tuple[int, ...]
) -> np.ndarray:
    """How far before a hole is read: pixels, float32 [...].

    Args:
        starts: float32 [..., 2], where the gaps begin, columns and rows.
        along: float32 [..., 2], their directions.
        length: float32 [...], theirs.
        shape: height and width of the picture.
    """
    border = np.where(
        along > 0, starts, np.array((shape[1] - 1, shape[0] - 1)) - starts
    )
    room = (border / np.maximum(np.abs(along), 1e-6)).min(-1) - 1
    reach = np.clip(length / 2, _NEAR, _FAR)
    reach = np.where(room >= _LEFT, np.minimum(reach, room), reach)
    return reach.astype(np.float32)


def compare_fill(
    image: np.ndarray, gaps: np.ndarray, profiles: np.ndarray
) -> np.ndarray:
    """How much the fill differs from profiles, [n, 11, C]: float32 [n], squared."""
    way = (gaps[:, 1] - gaps[:, 0])[:, np.newaxis]  # (n, 1, 2)
    along = way / np.hypot(way[..., 0], way[..., 1])[..., np.newaxis]
    parts = np.linspace(0.1, 0.9, 12, dtype=np.float32)[:, np.newaxis]
    middles = gaps[:, :1] + way * parts  # (n, 12, 2)
    columns = middles[..., :1] - along[..., 1:] * _ACROSS
    rows = middles[..., 1:] + along[..., :1] * _ACROSS
    unlike = np.zeros(len(gaps), np.float32)
    for first in range(0, len(gaps), _CHUNK):
        some = slice(first, first + _CHUNK)
        filled = _read_colors(image, columns[some], rows[some])
        unlike[some] = np.square(filled - profiles[some, np.newaxis]).mean((1, 2, 3))
    return unlike


def _read_colors(
    image: np.ndarray, columns: np.ndarray, rows: np.ndarray
) -> np.ndarray:
    """The image between its pixels: float32 [n, steps, 11, C].

    Colours are drawn, and are read by cubics: between pixels the mean of two is soft.
    """
    grey = image.ndim == 2
    if not columns.size:
        return np.zeros((*columns.shape, 1 if grey else 3), np.float32)
    flat = (len(columns), -1)
    colors = cv2.remap(
        image,
        columns.reshape(flat),
        rows.reshape(flat),
        cv2.INTER_LINEAR if grey else cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return colors.reshape(*columns.shape, -1).astype(np.float32)
