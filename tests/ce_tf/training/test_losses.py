import numpy as np
import pytest
import tensorflow as tf

from ce_tf.training import losses


def test_reconstruction_loss_is_the_mean_square_over_the_hole():
    rng = np.random.default_rng(0)
    image, fake = rng.uniform(-1, 1, (2, 3, 5, 6, 3)).astype(np.float32)
    mask = (rng.uniform(size=(3, 5, 6, 1)) < 0.4).astype(np.float32)
    mask[2] = 0  # no hole: no loss, and no division by zero
    expected = [
        np.mean(np.square((image[i] - fake[i])[mask[i, ..., 0] == 1])) for i in (0, 1)
    ]
    loss = losses.reconstruction_loss(*map(tf.constant, (image, fake, mask)))
    np.testing.assert_allclose(loss, [*expected, 0], rtol=1e-5)


def test_absolute_loss_is_the_mean_distance_over_the_hole():
    rng = np.random.default_rng(0)
    image, fake = rng.uniform(-1, 1, (2, 2, 5, 6, 3)).astype(np.float32)
    mask = (rng.uniform(size=(2, 5, 6, 1)) < 0.4).astype(np.float32)
    mask[1] = 0
    expected = np.mean(np.abs((image[0] - fake[0])[mask[0, ..., 0] == 1]))
    loss = losses.absolute_loss(*map(tf.constant, (image, fake, mask)))
    np.testing.assert_allclose(loss, [expected, 0], rtol=1e-5)


def checks(strength: float, size: int = 1) -> np.ndarray:
    """Float [1, 32, 32, 3]: squares of `size` pixels, +-`strength` about 0."""
    row = np.arange(32) // size % 2
    pattern = strength * (2.0 * (row[:, np.newaxis] ^ row) - 1)
    return np.repeat(pattern[np.newaxis, ..., np.newaxis], 3, -1).astype(np.float32)


def test_texture_loss_compares_strength_not_place():
    mask = np.zeros((1, 32, 32, 1), np.float32)
    mask[:, 8:24, 8:24] = 1
    image = checks(0.2)
    moved = np.roll(image, 1, axis=1)  # bright where it was dark

    def loss(fake: np.ndarray) -> float:
        return float(losses.texture_loss(*map(tf.constant, (image, fake, mask)))[0])

    squared = losses.reconstruction_loss(*map(tf.constant, (image, moved, mask)))
    assert squared.numpy() == pytest.approx(0.16, rel=1e-5)
    assert loss(image) == 0
    assert loss(moved) < 0.15 * loss(0 * image)  # at the hole's rim alone
    # A blur, half the strength, twice it: as far as the strengths differ.
    assert loss(0 * image) > 1.5 * loss(checks(0.1)) > 0
    assert loss(checks(0.4)) == pytest.approx(loss(0 * image), rel=0.15)
    # What lies outside the hole is the photo's.
    assert loss(image + (1 - mask)) == pytest.approx(0, abs=1e-6)


def test_texture_loss_of_no_hole_is_nothing_and_has_gradients():
    image, fake = tf.constant(checks(0.3)), tf.Variable(tf.zeros([1, 32, 32, 3]))
    for mask in (tf.zeros([1, 32, 32, 1]), tf.ones([1, 32, 32, 1])):
        with tf.GradientTape() as tape:
            loss = losses.texture_loss(image, fake, mask)
        gradient = tape.gradient(loss, fake)
        assert np.isfinite(gradient).all()
        assert (loss.numpy() > 0).all() == bool(mask[0, 0, 0, 0])


def test_reconstruction_loss_sees_nothing_outside_the_hole():
    image = tf.zeros([1, 4, 4, 3])
    mask = tf.one_hot([[[0], [1], [2], [3]]], 4)[..., 0, :, tf.newaxis]
    assert mask.shape == (1, 4, 4, 1)
    fake = 5.0 * (1 - mask) * tf.ones([1, 4, 4, 3])
    assert losses.reconstruction_loss(image, fake, mask).numpy() == 0


def test_adversarial_losses_match_their_definitions():
    real = np.array([[-3.0], [0.0], [2.0]], np.float32)
    fake = np.array([[1.0], [0.0], [-4.0]], np.float32)

    def probability(logit):
        return 1 / (1 + np.exp(-logit[:, 0].astype(np.float64)))

    np.testing.assert_allclose(
        losses.discriminator_loss(real, fake),
        -np.log(probability(real)) - np.log(1 - probability(fake)),
        rtol=1e-5,
    )
    np.testing.assert_allclose(
        losses.adversarial_loss(fake), -np.log(probability(fake)), rtol=1e-5
    )


def test_adversarial_losses_stay_finite():
    sure = tf.constant([[200.0], [-200.0]])
    np.testing.assert_allclose(losses.adversarial_loss(sure), [0, 200])
    np.testing.assert_allclose(losses.discriminator_loss(sure, sure), [200, 200])


def test_hinge_losses_match_their_definitions():
    real = np.array([[-3.0], [0.5], [2.0]], np.float32)
    fake = np.array([[1.0], [-0.5], [-4.0]], np.float32)
    np.testing.assert_allclose(
        losses.hinge_discriminator_loss(real, fake), [4 + 2, 0.5 + 0.5, 0 + 0]
    )
    np.testing.assert_allclose(losses.hinge_adversarial_loss(fake), [-1, 0.5, 4])


@pytest.mark.parametrize("name", losses.ADVERSARIAL)
def test_parts_count_by_their_weight(name):
    """Those of weight 0 not at all; a picture without any weight gives 0."""
    judge, convince = losses.ADVERSARIAL[name]
    rng = np.random.default_rng(1)
    real, fake = rng.normal(size=(2, 2, 4, 5, 1)).astype(np.float32)
    weight = np.zeros((2, 4, 5, 1), np.float32)
    weight[0, 1, 2], weight[0, 3, 3] = 0.25, 0.75
    one = [x[0, [1, 3], [2, 3]] for x in (real, fake)]  # a part a row
    expected = 0.25 * judge(*one)[0] + 0.75 * judge(*one)[1]
    np.testing.assert_allclose(judge(real, fake, weight), [expected, 0], rtol=1e-5)
    expected = 0.25 * convince(one[1])[0] + 0.75 * convince(one[1])[1]
    np.testing.assert_allclose(convince(fake, weight), [expected, 0], rtol=1e-5)


def test_the_share_of_a_part_that_is_hole():
    mask = np.zeros((1, 8, 8, 1), np.float32)
    mask[:, :4, :6] = 1
    share = losses.hole_share(tf.constant(mask), tf.zeros([1, 2, 2, 1]))
    np.testing.assert_array_equal(share[0, ..., 0], [[1, 0.5], [0, 0]])


@pytest.mark.parametrize("name", losses.ADVERSARIAL)
def test_logits_of_parts_are_averaged(name):
    judge, convince = losses.ADVERSARIAL[name]
    rng = np.random.default_rng(1)
    real, fake = rng.normal(size=(2, 3, 4, 5, 1)).astype(np.float32)
    for picture in range(3):
        parts = [x[picture].reshape(20, 1) for x in (real, fake)]
        expected = np.mean(judge(*parts)), np.mean(convince(parts[1]))
        found = judge(real, fake)[picture], convince(fake)[picture]
        np.testing.assert_allclose(found, expected, rtol=1e-5)
