"""Fréchet distance: how far fills, as a set, are from the photos in the hole."""

import dataclasses

import numpy as np
import tensorflow as tf

from ce_tf.perceptual.distance import Sight, hole_share, load_sight

# Of what is seen: 1/4, 1/8 and 1/16 of the side. Coarser is mostly what lies around.
_STAGES = slice(1, 4)
# Least share of a place that is hole.
_COVERED = 0.9
# At most so many of a picture and stage, so that large holes do not decide alone.
_PLACES = 100
# Pixels round the hole that are looked at; the network's largest stride.
_MARGIN, _STRIDE = 96, 32


class FrechetDistance:
    """Of one method's fills, with the network that it looks through.

    FID (Heusel et al. 2017, arXiv 1706.08500, equation 6) over places in the hole
    instead of pictures, of EfficientNet-Lite1: Gaussians are fitted to what is seen of
    the photos and of the completed pictures at three sizes. Which edges and grain there
    are counts, not where: true grain that lies elsewhere is near, a soft mean of
    guesses is not. Few pictures make it larger: compare methods on the same ones.

    Args:
        see: where it is loaded already.

    Raises:
        InputError: as `load_features`.
    """

    def __init__(self, see: Sight | None = None):
        self._see = see or load_sight()
        count = len(range(5)[_STAGES])
        self._photos = [Moments() for _ in range(count)]
        self._fills = [Moments() for _ in range(count)]
        self._pictures = 0

    def add(self, image: np.ndarray, completed: np.ndarray, mask: np.ndarray) -> None:
        """One more picture.

        Which places are taken is drawn by the picture's number: the same ones of all
        methods that are given the same pictures in the same order.

        Args:
            image: uint8 [H, W, 3], the photo; any size.
            completed: uint8 [H, W, 3].
            mask: [H, W], any non-zero value is hole, and not empty.
        """
        part = _surroundings(mask)
        hole = tf.constant(mask[part] != 0, tf.float32)
        seen = self._see(tf.constant(np.stack([image[part], completed[part]])))
        for number, stage in enumerate(seen[_STAGES]):
            places = np.flatnonzero(hole_share(hole, stage).numpy() >= _COVERED)
            rng = np.random.default_rng([self._pictures, number])
            places = rng.permutation(places)[:_PLACES]
            features = stage.numpy().reshape(2, -1, stage.shape[-1])  # (2, h * w, C)
            self._photos[number].add(features[0, places])
            self._fills[number].add(features[1, places])
        self._pictures += 1

    def result(self) -> float:
        """The mean over the sizes of the distance as a share of the photos' variance.

        Returns:
            From 0, where all pictures are equal; 1 is as far as the photos' places
            spread. NaN where a size has fewer than two places that the hole covers, or
            the photos look the same at all of them.
        """
        shares = []
        for photo, fill in zip(self._photos, self._fills, strict=True):
            if photo.count < 2 or not photo.scatter.any():
                return float("nan")
            distance = frechet_distance(
                photo.mean, photo.covariance, fill.mean, fill.covariance
            )
            shares.append(distance / np.trace(photo.covariance))
        return float(np.mean(shares))


@dataclasses.dataclass
class Moments:
    """Mean and covariance of rows that are forgotten once added, in float64.

    Attributes:
        count: N, of the rows so far.
        mean: float [C]; without rows no array of use, and so `scatter`.
        scatter: float [C, C], the sum of products of what rows differ from the mean.
    """

    count: int = 0
    mean: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(()))
    scatter: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(()))

    def add(self, rows: np.ndarray) -> None:
        """Takes float [M, C] in, M from 0 (Chan et al. 1979)."""
        if not len(rows):
            return
        rows = rows.astype(np.float64)
        count = self.count + len(rows)
        step = rows.mean(0) - self.mean
        apart = rows - rows.mean(0)
        weight = self.count * len(rows) / count
        self.scatter = self.scatter + apart.T @ apart + weight * np.outer(step, step)
        self.mean = self.mean + step * len(rows) / count
        self.count = count

    @property
    def covariance(self) -> np.ndarray:
        """float [C, C], unbiased; of two rows or more."""
        return self.scatter / (self.count - 1)


def frechet_distance(
    mean: np.ndarray,
    covariance: np.ndarray,
    other_mean: np.ndarray,
    other_covariance: np.ndarray,
) -> float:
    """The squared Fréchet distance of two Gaussians (Dowson and Landau 1982).

    `|m1 - m2|^2 + tr(C1 + C2 - 2 (C1^1/2 C2 C1^1/2)^1/2)`.

    Args:
        mean: float [C]; `other_mean` likewise.
        covariance: float [C, C], symmetric, no negative eigenvalue; so the other one.

    Returns:
        From 0, in the features' squared unit.
    """
    # The last root's trace is the sum of the singular values of the roots' product,
    # which rounding moves far less than a root of a product.
    roots = _root(covariance) @ _root(other_covariance)
    both = np.trace(covariance) + np.trace(other_covariance)
    spread = both - 2 * np.linalg.norm(roots, "nuc")
    return max(0.0, float(np.square(mean - other_mean).sum() + spread))


def _root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric square root, [C, C]; rounding's negative eigenvalues count as 0."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def _surroundings(mask: np.ndarray) -> tuple[slice, slice]:
    """The hole's box with its margin, at the strides' phase of the whole picture."""
    sides = []
    for axis in (1, 0):
        inside = np.flatnonzero(mask.any(axis))
        start = max(0, inside[0] - _MARGIN) // _STRIDE * _STRIDE
        stop = -(-(inside[-1] + 1 + _MARGIN) // _STRIDE) * _STRIDE
        sides.append(slice(start, stop))
    return sides[0], sides[1]
