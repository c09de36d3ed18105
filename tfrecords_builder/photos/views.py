"""Which parts of a photo are packed: all of it, and random crops of a large one."""

from typing import NamedTuple

import numpy as np

from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import UnusableError
from tfrecords_builder.photos.headers import LEAST_SIDE

# A photo is large, and gives several views, from this multiple of the size on.
_LARGE = 1.5


class View(NamedTuple):
    """A part of a photo in pixels, and the size (height, width) it is packed at."""

    top: int
    left: int
    height: int
    width: int
    packed: tuple[int, int]

    @property
    def shrink(self) -> float:
        """How many pixels of the photo fall on one of the packed picture, a side."""
        return min(self.height / self.packed[0], self.width / self.packed[1])


def choose_views(
    height: int, width: int, digest: str, config: BuildConfig
) -> list[View]:
    """The whole photo less --crop and, where it is large, --views - 1 random squares.

    Raises:
        UnusableError: --crop leaves too little.
    """
    top, left, bottom, right = (
        round(margin * side) if margin < 1 else int(margin)
        for margin, side in zip(
            config.margins, (height, width, height, width), strict=True
        )
    )
    height, width = height - top - bottom, width - left - right
    shorter = min(height, width)
    if shorter < LEAST_SIDE:
        raise UnusableError(f"smaller than {LEAST_SIDE} pixels within --crop")
    size = config.size
    packed = (round(height * size / shorter), round(width * size / shorter))
    views = [View(top, left, height, width, packed)]
    if config.views > 1 and shorter >= _LARGE * size:
        rng = np.random.default_rng([config.seed, int(digest[:16], 16)])
        for _ in range(config.views - 1):
            side = int(rng.integers(size, shorter, endpoint=True))
            down = top + int(rng.integers(height - side, endpoint=True))
            across = left + int(rng.integers(width - side, endpoint=True))
            views.append(View(down, across, side, side, (size, size)))
    return views
