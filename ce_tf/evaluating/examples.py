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
        image: uint8 [S, S, 3], RGB.
        mask: uint8 [S, S, 1], 1 = hole.
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


def center_hole(size: int) -> np.ndarray:
    """The middle square of half the side (Context Encoders, figure 3a).

    Returns:
        uint8 [size, size], 1 = hole.
    """
    mask = np.zeros((size, size), np.uint8)
    start, side = size // 4, size // 2
    mask[start : start + side, start : start + side] = 1
    return mask
