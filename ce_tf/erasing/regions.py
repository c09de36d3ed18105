"""Connected parts of a hole, grouped so that those near each other share a window."""

import dataclasses

import cv2
import numpy as np

from ce_tf.erasing.decisions import CONTEXT

# How much longer a box may become by taking in a neighbour: so much resolution is
# given for one window instead of two.
_GROWTH = 1.25


@dataclasses.dataclass(frozen=True)
class Region:
    """Some connected parts of a hole, which share a window.

    Attributes:
        box: left, top, width, height in the photo.
        mask: bool [height, width], the pixels of these parts within the box.
    """

    box: tuple[int, int, int, int]
    mask: np.ndarray

    def mark(self, hole: np.ndarray, top: int = 0, left: int = 0) -> None:
        """Marks its pixels in a part of the photo, bool [h, w], that starts there."""
        first, start = self.box[1] - top, self.box[0] - left
        height, width = self.mask.shape
        hole[first : first + height, start : start + width] |= self.mask


def group_hole(hole: np.ndarray, size: int) -> list[Region]:
    """Splits a hole into parts that are each filled in a window of their own.

    Two parts join where one window shows both without loss: the joint box fits the
    network's own size, or is hardly longer than the longer of the two.

    Args:
        hole: uint8 [H, W], 1 = hole.
        size: side that the network takes.

    Returns:
        Disjoint parts, together the hole; small ones first, so that they are already
        filled when a larger one takes them for its surroundings.
    """
    left, top, width, height = cv2.boundingRect(hole)
    if not width:
        return []
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        hole[top : top + height, left : left + width], connectivity=8
    )
    boxes = stats[1:, :4].astype(int)
    boxes[:, 2:] += boxes[:, :2]  # left, top, right, bottom
    groups = _join(boxes, size / CONTEXT)
    number_of = np.zeros(count, np.int32)
    for number, (_, members) in enumerate(groups, 1):
        number_of[np.array(members) + 1] = number
    parts = []
    for number, (box, _) in enumerate(groups, 1):
        within = labels[box[1] : box[3], box[0] : box[2]]
        part = number_of[within] == number
        shape = (int(box[2] - box[0]), int(box[3] - box[1]))
        parts.append(Region((int(left + box[0]), int(top + box[1]), *shape), part))
    return sorted(parts, key=lambda part: max(part.box[2:]))


def _join(boxes: np.ndarray, free: float) -> list[tuple[np.ndarray, list[int]]]:
    """Groups of boxes [N, 4] as (joint box, which); a box up to `free` costs nothing.

    The longest come first and take in what they can, until nothing joins any more.
    """
    groups = [(box, [index]) for index, box in enumerate(boxes)]
    while True:
        groups.sort(key=lambda group: -_longer(group[0]))
        joined: list[tuple[np.ndarray, list[int]]] = []
        for box, members in groups:
            host = _find_host(box, joined, free)
            if host is None:
                joined.append((box, members))
            else:
                joined[host] = (_union(joined[host][0], box), joined[host][1] + members)
        if len(joined) == len(groups):
            return joined
        groups = joined


def _find_host(box: np.ndarray, groups: list, free: float) -> int | None:
    if not groups:
        return None
    others = np.stack([group[0] for group in groups])
    union = _union(others, box)
    limit = np.maximum(np.maximum(_longer(others), _longer(box)) * _GROWTH, free)
    fits = np.flatnonzero(_longer(union) <= limit)
    return int(fits[0]) if len(fits) else None


def _union(boxes: np.ndarray, box: np.ndarray) -> np.ndarray:
    corners = [np.minimum(boxes[..., :2], box[:2]), np.maximum(boxes[..., 2:], box[2:])]
    return np.concatenate(corners, -1)


def _longer(boxes: np.ndarray) -> np.ndarray:
    return (boxes[..., 2:] - boxes[..., :2]).max(-1)
