"""One picture with its hole, and what gives them one by one."""

import dataclasses
from collections.abc import Collection, Iterator
from typing import Protocol

import numpy as np


@dataclasses.dataclass(frozen=True)
class Example:
    """A picture and its hole.

    Attributes:
        index: its place in the source, from 0.
        name: of the picture.
        image: uint8 [H, W, 3], RGB.
        mask: uint8 [H, W, 1], 1 = hole.
        kind: of hole: center, block, silhouette, stroke or mask.
    """

    index: int
    name: str
    image: np.ndarray
    mask: np.ndarray
    kind: str

    @property
    def hidden(self) -> np.ndarray:
        """The picture with a black hole: all that a method may see of it."""
        return self.image * (1 - self.mask)

    @property
    def area(self) -> float:
        """Share of the picture that is hole, 0 to 1."""
        return float(self.mask.mean())


class Source(Protocol):
    """Gives examples in an order of its own, always the same, and holds none of them.

    Attributes:
        total: how many there are, those included that turn out to be unusable.
        skipped: `{"file", "reason"}` of each that was left out so far.
    """

    total: int
    skipped: list[dict[str, str]]

    def examples(self, wanted: Collection[int] | None = None) -> Iterator[Example]:
        """Those whose index is wanted, or all."""
        ...


def center_hole(height: int, width: int) -> np.ndarray:
    """The middle of half the sides (Context Encoders, figure 3a, has a square).

    Returns:
        uint8 [height, width], 1 = hole.
    """
    mask = np.zeros((height, width), np.uint8)
    top, left = height // 4, width // 4
    mask[top : top + height // 2, left : left + width // 2] = 1
    return mask
