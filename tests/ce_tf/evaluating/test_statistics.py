import numpy as np
import pytest

from ce_tf.evaluating.statistics import bootstrap_means, compare, estimate


def test_the_interval_is_that_of_a_known_distribution():
    """Of a normal distribution the mean's interval is known: 1.96 standard errors."""
    values = np.random.default_rng(1).normal(20, 3, 400)
    found = estimate(values.mean(), bootstrap_means(values, 4000, seed=0))
    error = 1.96 * values.std() / 20
    assert found.value == values.mean()
    assert found.low == pytest.approx(values.mean() - error, abs=0.03)
    assert found.high == pytest.approx(values.mean() + error, abs=0.03)


def test_about_95_of_100_intervals_hold_the_truth():
    rng = np.random.default_rng(2)
    held = 0
    for number in range(200):
        values = rng.exponential(2, 80)
        found = estimate(values.mean(), bootstrap_means(values, 200, seed=number))
        held += found.low <= 2 <= found.high
    # 3 standard errors of a share of 0.95 among 200 are 0.046; skew costs a little.
    assert 0.88 <= held / 200 <= 0.99


def test_columns_share_their_resamples():
    values = np.random.default_rng(3).normal(size=(50, 2, 3))
    values[:, 1] = values[:, 0] + 1
    means = bootstrap_means(values, 100, seed=0)
    assert means.shape == (100, 2, 3)
    assert means[:, 1] == pytest.approx(means[:, 0] + 1)
    assert means[:, 0].std(0) == pytest.approx(values[:, 0].std(0) / 50**0.5, rel=0.3)
    assert (bootstrap_means(values, 100, seed=0) == means).all()
    assert (bootstrap_means(values, 100, seed=1) != means).any()


def test_a_paired_comparison_sees_what_an_unpaired_one_cannot():
    rng = np.random.default_rng(4)
    other = rng.normal(18, 5, 300)  # pictures differ far more than methods
    one = other + rng.normal(0.3, 0.5, 300)
    found = compare(one, other, 500, seed=0)
    assert found.difference.value == pytest.approx((one - other).mean())
    assert 0.2 < found.difference.low < 0.3 < found.difference.high < 0.45
    assert found.share_better.value == np.mean(one > other)
    assert found.share_better.low < found.share_better.value < found.share_better.high


def test_equal_methods_are_each_better_on_half():
    found = compare(np.ones(9), np.ones(9), 100, seed=0)
    assert (found.difference.low, found.difference.high) == (0, 0)
    assert found.share_better.value == 0.5
