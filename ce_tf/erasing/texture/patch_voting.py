"""One scale of a picture whose hole is painted with patches of its known part."""

import cv2
import numpy as np

from ce_tf.erasing.texture.nearest_patches import RADIUS, find_sources

_SIDE = 2 * RADIUS + 1
_CHUNK = 1 << 15  # patches compared at a time: 13 MB of places, 6 MB of pixels
# Patches whose middle lies a pixel further from the rim count less by this factor: the
# photo is continued from its known part inward (Wexler et al. 2007, section 3.1).
_INWARD = 1.6
_DEEPEST = 30  # pixels from which all count alike, as floats end somewhere


class PaintedLevel:
    """The picture at one scale, and the patches that paint it.

    Patches overlap; their middles stand `stride` pixels apart, on a grid of cells, and
    each is copied from the place that lies at the cell's offset.

    Args:
        image: uint8 [h, w, 3]; in the hole the fill.
        strength: uint8 [h, w], of its slopes (`slopes.find_strength`), by which patches
            are compared too; what is painted has that of the fill.
        hole: bool [h, w], to be painted.
        known: bool [h, w], may be copied.
        cells: bool [h / stride, w / stride]: where patches stand, in the hole and round
            it. Together they cover the hole.
        stride: pixels, 1 or 2.

    Attributes:
        cells: as given.
        painted: uint8 [h, w, 3], what was painted last; first the image itself.
    """

    def __init__(
        self,
        image: np.ndarray,
        strength: np.ndarray,
        hole: np.ndarray,
        known: np.ndarray,
        cells: np.ndarray,
        stride: int,
    ):
        self.cells, self.painted = cells, image
        self._strength, self._hole, self._stride = strength, hole, stride
        self._sources = find_sources(known)
        self._image = self._painted = _pack(image, strength)
        self._width = image.shape[1] + 2 * RADIUS
        steps = np.arange(_SIDE)
        # From the first pixel of a patch to each of its pixels, in the packed picture.
        self._within = (steps[:, np.newaxis] * self._width + steps).ravel()

    def read_painted(self, places: np.ndarray) -> np.ndarray:
        """The painted patches at some cells, [n, 2]: uint8 [n, 7 * 7 * 4]."""
        return self._read(self._painted, self._stride * places)

    def measure(
        self, places: np.ndarray, offsets: np.ndarray, patches: np.ndarray | None = None
    ) -> np.ndarray:
        """How unlike the painted patches are to those at their offsets.

        Args:
            places: int [n, 2], cells.
            offsets: int [n, 2], pixels.
            patches: as `read_painted` gives them; None to read them here.

        Returns:
            float32 [n], sums of absolute differences of colours and strengths; infinite
            where the place lies outside the picture or is not wholly known.
        """
        if patches is None:
            parts = [
                self.measure(part, offset, self.read_painted(part))
                for part, offset in zip(_split(places), _split(offsets), strict=True)
            ]
            return np.concatenate(parts)
        there = self._stride * places + offsets
        last = np.array(self._sources.shape) - 1
        inside = ((there >= 0) & (there <= last)).all(-1)
        there = np.clip(there, 0, last)
        others = self._read(self._image, there)
        costs = cv2.reduce(
            cv2.absdiff(patches, others), 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F
        )[:, 0]
        costs[~(inside & self._sources[tuple(there.T)])] = np.inf
        return costs

    def paint(self, offsets: np.ndarray) -> None:
        """Paints the hole: each pixel is a weighted mean of the patches that cover it.

        Patches weigh the more, the more they are like what was painted before and the
        nearer the rim is. Pixels that no copied patch covers stay as they were.

        Args:
            offsets: int [*cells.shape, 2], pixels.
        """
        places = np.argwhere(self.cells)
        chosen = offsets[self.cells]
        costs = self.measure(places, chosen)
        usable = np.isfinite(costs)
        if not usable.any():
            return
        places, chosen, costs = places[usable], chosen[usable], costs[usable]
        middles = self._stride * places
        depth = cv2.distanceTransform(self._hole.astype(np.uint8), cv2.DIST_L2, 5)
        depth = np.minimum(depth[tuple(middles.T)], _DEEPEST)
        typical = np.median(costs) + 1
        weights = np.exp(-np.minimum(costs / typical, 30)) * _INWARD**-depth
        total, top, left = self._sum_patches(middles, chosen, weights)
        height, width = self._hole.shape
        # What patches cover, within the picture.
        rows = slice(max(0, top), min(height, top + total.shape[0]))
        columns = slice(max(0, left), min(width, left + total.shape[1]))
        total = total[rows.start - top :, columns.start - left :]
        total = total[: rows.stop - rows.start, : columns.stop - columns.start]
        covered = self._hole[rows, columns] & (total[..., 3] > 0)
        mean = total[covered, :3] / total[covered, 3:]
        self.painted = self.painted.copy()
        self.painted[rows, columns][covered] = np.round(mean).clip(0, 255)
        self._painted = _pack(self.painted, self._strength)

    def _sum_patches(
        self, middles: np.ndarray, offsets: np.ndarray, weights: np.ndarray
    ) -> tuple[np.ndarray, int, int]:
        """Weighted sum of the copied patches, and of the weights, round the hole.

        Returns:
            float32 [rows, columns, 4], and the first row and column in the picture.
        """
        origin = middles.min(0)
        height, width = middles.max(0) - origin + _SIDE
        total = np.zeros((height * width, 4), np.float32)
        here = (middles - origin) @ np.array([width, 1])
        there = (middles + offsets) @ np.array([self._width, 1])
        steps = np.arange(_SIDE)
        bell = np.exp(-((steps - RADIUS) ** 2) / 8)
        for down in steps:
            for right in steps:
                pixels = self._image[there + (down * self._width + right)]
                pixels = pixels[:, np.newaxis].view(np.uint8)
                pixels[:, 3] = 1
                share = (bell[down] * bell[right] * weights).astype(np.float32)
                # Different cells never have the same pixel at the same step.
                total[here + (down * width + right)] += share[:, np.newaxis] * pixels
        top, left = (int(first) - RADIUS for first in origin)
        return total.reshape(height, width, 4), top, left

    def _read(self, packed: np.ndarray, middles: np.ndarray) -> np.ndarray:
        first = middles @ np.array([self._width, 1])
        return packed[first[:, np.newaxis] + self._within].view(np.uint8)


def _pack(image: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Pixels as whole words, with a border of a patch's radius: uint32 [any]."""
    words = cv2.merge((*cv2.split(image), strength))
    border = (RADIUS, RADIUS, RADIUS, RADIUS, cv2.BORDER_REFLECT)
    padded = cv2.copyMakeBorder(words, *border)
    return padded.view(np.uint32).ravel()


def _split(values: np.ndarray) -> list[np.ndarray]:
    return [values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK)]
