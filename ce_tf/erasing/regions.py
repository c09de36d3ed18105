"""A hole cut and grouped into regions, each of which is filled in a window of its own.

The rule, all of it in whole numbers, is shared by every engine: `decisions.json` has
its constants, and cases.

1. **Parts.** The hole's bounding box is laid out in cells: squares of `size // 32`
   pixels, at least 1, from its top left corner. Cells with hole in them that touch, at
   corners too, are one part; a cell is never cut. A part's box is that of its pixels.
2. **Cutting.** A window costs what the square of its box's longer side does. Where that
   square is larger than `sparse` times the pixels of hole, and the side is longer than
   what a window shows unscaled (`size // 2`), the part is cut across its longer side,
   across its width where both are the same: cells that start before the middle
   (`first + length // 2`) are one half, the others the other. Each half has a box of
   its own, and is cut again by the same rule. So pieces follow a wire, a ring, a word.
   Pieces with the same box are in the order of their parts' first cells, row by row.
3. **Shelves.** Pieces whose longer side is `size // 2` at most share windows. They are
   taken in order of top, left, bottom, right. The first one's top opens a shelf of that
   height; all that end on it belong to it. On the shelf the first one's left, in order
   of left, top, right, bottom, opens a group of that width, in the same way. What is
   left over opens the next group, the next shelf.
4. **Joining.** Groups and longer pieces, longest first (among the same: pieces by top,
   left, bottom, right, then groups in the order of their making), are taken in by the
   first one before them with which their joint box is no longer than `growth` of the
   longer of both, or than `size // 2`. So small bits join the object beside them. That
   is done again until nothing joins.
5. **Order.** They are filled by the length of their longer side, then top, left,
   bottom, right: each sees what was filled before as known, so that a piece of a wire
   goes on where the one before ended. One whose window shows nothing known waits for
   the next that does.
"""

import dataclasses

import numpy as np

from ce_tf.erasing.cells import Cells, read_cells
from ce_tf.erasing.decisions import CONTEXT, find_cell, fits_joint, is_sparse


@dataclasses.dataclass(frozen=True)
class Region:
    """Some of a hole's pixels, which share a window.

    Attributes:
        box: left, top, width, height in the photo.
        side: of a cell, pixels.
        start: left, top of the first cell.
        cells: bool [rows, columns], which cells are its own.
    """

    box: tuple[int, int, int, int]
    side: int
    start: tuple[int, int]
    cells: np.ndarray

    def find(
        self,
        hole: np.ndarray,
        rows: slice = slice(None),
        columns: slice = slice(None),
    ) -> np.ndarray:
        """Its pixels within its box, or in some rows and columns of that.

        Args:
            hole: [H, W], not 0 in the hole.
            rows: counted from the box's top.
            columns: counted from the box's left.

        Returns:
            bool [rows, columns].
        """
        left, top, width, height = self.box
        own = self.cells
        parts = []
        for axis, (first, part, length) in enumerate(
            ((top, rows, height), (left, columns, width))
        ):
            start, stop, _ = part.indices(length)
            parts.append(slice(first + start, first + stop))
            cells = (
                np.arange(first + start, first + stop) - self.start[1 - axis]
            ) // self.side
            own = own.take(cells, axis)
        return own & (hole[tuple(parts)] > 0)


@dataclasses.dataclass(frozen=True)
class _Pieces:
    """Boxes, and which cell belongs to which.

    Attributes:
        boxes: int [P, 4], left, top, right, bottom.
        pixels: int [P], hole in each.
        owners: int [N], of each cell its piece.
    """

    boxes: np.ndarray
    pixels: np.ndarray
    owners: np.ndarray


def group_hole(hole: np.ndarray, size: int) -> list[Region]:
    """Splits a hole into regions, by the rule above.

    Args:
        hole: uint8 [H, W], 1 = hole.
        size: side that the network takes.

    Returns:
        Disjoint regions, together the hole, in the order in which they are filled.
    """
    if not hole.any():
        return []
    cells = read_cells(hole, find_cell(size))
    free = size // CONTEXT
    pieces = _cut(cells, free)
    groups = _shelve(pieces.boxes, free)
    joined = _join(groups, pieces.boxes, free)
    return _make_regions(cells, pieces.owners, joined)


def _measure(cells: Cells, owners: np.ndarray) -> _Pieces:
    """Boxes and pixels of cells by owner, in order of top, left, bottom, right."""
    count = owners.max() + 1
    boxes = np.empty((count, 4), np.int64)
    boxes[:, :2], boxes[:, 2:] = np.iinfo(np.int64).max, 0
    np.minimum.at(boxes[:, :2], owners, cells.boxes[:, :2])
    np.maximum.at(boxes[:, 2:], owners, cells.boxes[:, 2:])
    pixels = np.bincount(owners, cells.pixels, count).astype(np.int64)
    order = np.lexsort(boxes[:, [2, 3, 0, 1]].T)
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    return _Pieces(boxes[order], pixels[order], rank[owners])


def _cut(cells: Cells, free: int) -> _Pieces:
    """Cuts parts until none is sparse."""
    owners = cells.parts.astype(np.int64)
    while True:
        pieces = _measure(cells, owners)
        longer = _longer(pieces.boxes)
        cut = (longer > free) & is_sparse(longer, pieces.pixels)
        if not cut.any():
            return pieces
        owners = pieces.owners
        width, height = (pieces.boxes[:, 2:] - pieces.boxes[:, :2]).T
        axis = (height > width).astype(int)[owners]
        middle = (pieces.boxes[:, :2] + np.stack([width, height], 1) // 2)[owners]
        every = np.arange(len(owners))
        behind = cells.starts[every, axis] >= middle[every, axis]
        owners = 2 * owners + (cut[owners] & behind)
        owners = np.unique(owners, return_inverse=True)[1]


def _shelve(boxes: np.ndarray, free: int) -> list[tuple[np.ndarray, list[int]]]:
    """Groups as (joint box, which): the small ones on shelves, the others alone."""
    small = _longer(boxes) <= free
    groups = [(boxes[index], [int(index)]) for index in np.flatnonzero(~small)]
    for shelf in _fill_shelves(boxes, np.flatnonzero(small), 1, free):
        order = np.lexsort(boxes[shelf][:, [3, 2, 1, 0]].T)
        for group in _fill_shelves(boxes, shelf[order], 0, free):
            corners = boxes[group, :2].min(0), boxes[group, 2:].max(0)
            groups.append((np.concatenate(corners), group.tolist()))
    return groups


def _fill_shelves(
    boxes: np.ndarray, pieces: np.ndarray, axis: int, free: int
) -> list[np.ndarray]:
    """Pieces, in order of where they start, on shelves as long as `free`."""
    shelves = []
    while len(pieces):
        end = boxes[pieces[0], axis] + free
        fits = boxes[pieces, axis + 2] <= end
        shelves.append(pieces[fits])
        pieces = pieces[~fits]
    return shelves


def _join(
    groups: list[tuple[np.ndarray, list[int]]], pieces: np.ndarray, free: int
) -> list[tuple[np.ndarray, list[int]]]:
    """Lets the longest take in what they can, until nothing joins any more."""
    while True:
        groups.sort(key=lambda group: -_longer(group[0]))
        boxes = np.empty((len(groups), 4), np.int64)
        joined: list[tuple[np.ndarray, list[int]]] = []
        for box, members in groups:
            host = _find_host(box, boxes[: len(joined)], free)
            if host is None:
                boxes[len(joined)] = box
                joined.append((box, members))
            else:
                boxes[host] = _union(boxes[host], box)
                joined[host] = (boxes[host].copy(), joined[host][1] + members)
        if len(joined) == len(groups):
            return joined
        groups = joined


def _find_host(box: np.ndarray, others: np.ndarray, free: int) -> int | None:
    longer = np.maximum(_longer(others), _longer(box))
    fits = np.flatnonzero(fits_joint(_longer(_union(others, box)), longer, free))
    return int(fits[0]) if len(fits) else None


def _make_regions(
    cells: Cells, owners: np.ndarray, groups: list[tuple[np.ndarray, list[int]]]
) -> list[Region]:
    groups.sort(key=lambda group: (_longer(group[0]), *group[0][[1, 0, 3, 2]]))
    group_of = np.empty(owners.max() + 1, np.int32)
    for number, (_, members) in enumerate(groups, 1):
        group_of[members] = number
    numbers = np.zeros(cells.shape, np.int32)
    numbers[tuple(cells.places.T)] = group_of[owners]
    regions = []
    for number, (corners, _) in enumerate(groups, 1):
        left, top, right, bottom = (int(corner) for corner in corners)
        first = [(left - cells.origin[0]) // cells.side]
        first += [(top - cells.origin[1]) // cells.side]
        last = [-((cells.origin[0] - right) // cells.side)]
        last += [-((cells.origin[1] - bottom) // cells.side)]
        own = numbers[first[1] : last[1], first[0] : last[0]] == number
        start = (
            cells.origin[0] + first[0] * cells.side,
            cells.origin[1] + first[1] * cells.side,
        )
        box = (left, top, right - left, bottom - top)
        regions.append(Region(box, cells.side, start, own))
    return regions


def _union(boxes: np.ndarray, box: np.ndarray) -> np.ndarray:
    corners = [np.minimum(boxes[..., :2], box[:2]), np.maximum(boxes[..., 2:], box[2:])]
    return np.concatenate(corners, -1)


def _longer(boxes: np.ndarray) -> np.ndarray:
    return (boxes[..., 2:] - boxes[..., :2]).max(-1)
