"""How sure a mean is, and whether one method is better than another."""

import dataclasses

import numpy as np

_PERCENTILES = (2.5, 97.5)


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A figure and the interval that holds it in 95 of 100 such experiments."""

    value: float
    low: float
    high: float


def bootstrap_means(values: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Means of resamples of the pictures, drawn with replacement.

    Efron 1979, "Bootstrap methods: another look at the jackknife". All columns share
    the resamples, so differences between them stay paired.

    Args:
        values: float [N, ...], a row a picture.
        resamples: R, how many.
        seed: of the draws.

    Returns:
        float [R, ...].
    """
    rng = np.random.default_rng(seed)
    count = len(values)
    rows = values.reshape(count, -1)
    means = np.empty((resamples, rows.shape[1]))
    for number in range(resamples):
        # How often each picture was drawn: never are R x N numbers in memory.
        drawn = np.bincount(rng.integers(count, size=count), minlength=count)
        means[number] = drawn @ rows / count
    return means.reshape(resamples, *values.shape[1:])


def estimate(value: float, samples: np.ndarray) -> Estimate:
    """A figure with the percentile interval of its bootstrap samples, float [R]."""
    low, high = np.percentile(samples, _PERCENTILES)
    return Estimate(float(value), float(low), float(high))


@dataclasses.dataclass(frozen=True)
class Comparison:
    """One method against another on the same pictures.

    Attributes:
        difference: mean over the pictures of the one's PSNR less the other's, dB.
        share_better: share of the pictures on which the one is better, 0 to 1; equal
            ones count half.
    """

    difference: Estimate
    share_better: Estimate


def compare(
    one: np.ndarray, other: np.ndarray, resamples: int, seed: int
) -> Comparison:
    """Compares two methods picture by picture.

    Args:
        one: PSNR of each picture, float [N]; `other` likewise.
        resamples: of the bootstrap.
        seed: of the bootstrap.
    """
    difference = one - other
    better = (difference > 0) + (difference == 0) / 2
    columns = np.stack([difference, better], 1)  # (N, 2)
    samples = bootstrap_means(columns, resamples, seed)
    return Comparison(
        *(
            estimate(columns[:, column].mean(), samples[:, column])
            for column in range(2)
        )
    )
