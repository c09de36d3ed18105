import cv2
import numpy as np
import pytest

from ce_tf.metrics import hole_l2
from ce_tf.perceptual.distance import PerceptualDistance, Sight, load_sight
from ce_tf.perceptual.frechet import FrechetDistance, Moments, frechet_distance


@pytest.fixture(scope="module")
def see() -> Sight:
    return load_sight()


def make_grain(seed: int) -> np.ndarray:
    """Grey noise a pixel wide, uint8 [150, 160, 3]."""
    noise = np.random.default_rng(seed).normal(size=(150, 160, 1))
    noise = cv2.GaussianBlur(noise, (0, 0), 1)[..., np.newaxis]
    grain = 128 + 40 * noise / noise.std()
    return np.clip(grain, 0, 255).astype(np.uint8).repeat(3, -1)


def make_hole() -> np.ndarray:
    mask = np.zeros((150, 160), np.uint8)
    mask[32:128, 24:120] = 1
    return mask


def move(image: np.ndarray) -> np.ndarray:
    return np.roll(image, (50, 67), (0, 1))


def blur(image: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(image, (0, 0), 1)


def complete(image: np.ndarray, fill: np.ndarray) -> np.ndarray:
    return np.where(make_hole()[..., np.newaxis] > 0, fill, image)


def measure(see: Sight, fill, seeds=range(3)) -> float:
    """Of three pictures of grain, each filled with what `fill` makes of it."""
    distance = FrechetDistance(see)
    for seed in seeds:
        image = make_grain(seed)
        distance.add(image, complete(image, fill(image)), make_hole())
    return distance.result()


def test_true_grain_elsewhere_is_nearer_than_its_blur(see):
    """What is compared pixel by pixel, or place by place, says the opposite."""
    image, pairwise = make_grain(0), PerceptualDistance(see)
    for metric in (hole_l2, pairwise):
        moved, soft = (
            metric(image, complete(image, fill(image)), make_hole())
            for fill in (move, blur)
        )
        assert moved > 2 * soft
    moved, soft = measure(see, move), measure(see, blur)
    assert soft > 1.5 * moved > 0
    # Grey is farther still: it has left the photos' spread.
    assert measure(see, lambda image: np.full_like(image, 128)) > max(1, 2 * soft)


def test_equal_pictures_are_at_zero(see):
    assert measure(see, lambda image: image) == pytest.approx(0, abs=1e-9)


def test_the_same_pictures_give_the_same_figure(see):
    """Another order draws other places of each."""
    found = measure(see, blur)
    assert measure(see, blur) == found
    reverse = measure(see, blur, [2, 1, 0])
    assert reverse != found
    assert reverse == pytest.approx(found, rel=0.1)


def test_only_the_hole_counts(see):
    """Photos that differ far away give what the pictures' parts round the hole give."""
    wide = np.pad(make_grain(0), ((0, 0), (0, 160), (0, 0)), "symmetric")
    mask = np.pad(make_hole(), ((0, 0), (0, 160)))
    found = []
    for shade in (0, 255):
        image = wide.copy()
        image[:, 240:] = shade
        distance = FrechetDistance(see)
        completed = np.where(mask[..., np.newaxis] > 0, blur(image), image)
        distance.add(image, completed, 255 * mask)
        found.append(distance.result())
    assert found[0] == found[1] > 0


def test_holes_without_two_places_give_no_figure(see):
    image, distance = make_grain(0), FrechetDistance(see)
    assert np.isnan(distance.result())
    mask = np.zeros((150, 160), np.uint8)
    mask[48:64, 48:64] = 1  # one place of 1/16 of the side
    distance.add(image, 255 - image, mask)
    assert np.isnan(distance.result())
    distance.add(image, 255 - image, mask)
    assert np.isnan(distance.result())  # twice the same: no spread
    distance.add(image, 255 - image, make_hole())
    assert distance.result() > 0


def test_gaussians_along_the_axes_have_the_closed_form():
    """Each axis adds the squares of its means' and of its deviations' difference."""
    rng = np.random.default_rng(0)
    means, deviations = rng.normal(size=(2, 50)), rng.uniform(0, 3, (2, 50))
    deviations[:, :5] = 0
    expected = np.square(means[0] - means[1]) + np.square(np.subtract(*deviations))
    gaussians = [(m, np.diag(d**2)) for m, d in zip(means, deviations, strict=True)]
    found = frechet_distance(*gaussians[0], *gaussians[1])
    assert found == pytest.approx(expected.sum(), rel=1e-12)
    # And along other axes that are at right angles.
    turn = np.linalg.qr(rng.normal(size=(50, 50)))[0]
    turned = [(turn @ m, turn @ c @ turn.T) for m, c in gaussians]
    found = frechet_distance(*turned[0], *turned[1])
    assert found == pytest.approx(expected.sum(), rel=1e-6)


def test_gaussians_that_do_not_commute_have_the_trace_of_the_root():
    rng = np.random.default_rng(1)
    means = rng.normal(size=(2, 4))
    one, other = (np.cov(rng.normal(size=(4, 9))) for _ in range(2))
    assert np.abs(one @ other - other @ one).max() > 0.1
    # The eigenvalues of C1 C2 are those of C1^1/2 C2 C1^1/2.
    root = np.sqrt(np.linalg.eigvals(one @ other).real).sum()
    expected = np.square(means[0] - means[1]).sum() + np.trace(one + other) - 2 * root
    found = frechet_distance(means[0], one, means[1], other)
    assert found == pytest.approx(expected, rel=1e-9)


def test_moments_are_those_of_all_rows():
    rows = np.random.default_rng(0).normal(100, 1, (40, 6)).astype(np.float32)
    moments = Moments()
    for part in np.split(rows, [1, 1, 17]):
        moments.add(part)
    rows = rows.astype(np.float64)
    assert moments.count == 40
    np.testing.assert_allclose(moments.mean, rows.mean(0), rtol=1e-13)
    np.testing.assert_allclose(moments.covariance, np.cov(rows.T), rtol=1e-10)
