"""The losses: Pathak et al. 2016 (arXiv 1604.07379), and what the literature added.

Each returns one value for each picture, float [B], so that a replica divides its sum by
the GLOBAL batch size. Logits are float [B, ...]: one for the picture, or one for each
part of it, which are averaged.
"""

import tensorflow as tf


def reconstruction_loss(
    image: tf.Tensor, fake: tf.Tensor, mask: tf.Tensor
) -> tf.Tensor:
    """Mean squared error over the hole: Pathak et al., equation 1.

    `|| mask * (image - fake) ||^2`, normalised by the hole's size (pixels times
    channels), which the equation leaves open; a picture without a hole gives 0.

    Args:
        image: float [B, H, W, C] in [-1, 1], the photo.
        fake: float [B, H, W, C] in [-1, 1], what the generator made.
        mask: float [B, H, W, 1], 1 = hole.

    Returns:
        float [B] in [0, 4].
    """
    squared = tf.reduce_sum(mask * tf.square(image - fake), axis=(1, 2, 3))
    values = tf.reduce_sum(mask, axis=(1, 2, 3)) * image.shape[-1]
    return squared / tf.maximum(values, 1.0)


def absolute_loss(image: tf.Tensor, fake: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """Mean absolute error over the hole, as pix2pix has it (arXiv 1611.07004, eq. 3).

    Takes the same as `reconstruction_loss`; it blurs less.

    Returns:
        float [B] in [0, 2].
    """
    absolute = tf.reduce_sum(mask * tf.abs(image - fake), axis=(1, 2, 3))
    values = tf.reduce_sum(mask, axis=(1, 2, 3)) * image.shape[-1]
    return absolute / tf.maximum(values, 1.0)


def discriminator_loss(real_logit: tf.Tensor, fake_logit: tf.Tensor) -> tf.Tensor:
    """`-log D(real) - log(1 - D(completed))`: Pathak et al., equation 2, to minimise.

    Args:
        real_logit: float [B, ...], of photos.
        fake_logit: float [B, ...], of completed pictures.

    Returns:
        float [B], not negative; 2 log 2 where D cannot tell.
    """
    # softplus(-x) = -log sigmoid(x): on the logit, so that it never overflows.
    return _mean(tf.nn.softplus(-real_logit)) + _mean(tf.nn.softplus(fake_logit))


def adversarial_loss(fake_logit: tf.Tensor) -> tf.Tensor:
    """`-log D(completed)`: the non-saturating form, Goodfellow et al. 2014, section 3.

    Args:
        fake_logit: float [B, ...], of completed pictures.

    Returns:
        float [B], not negative.
    """
    return _mean(tf.nn.softplus(-fake_logit))


def hinge_discriminator_loss(real_logit: tf.Tensor, fake_logit: tf.Tensor) -> tf.Tensor:
    """`max(0, 1 - D(real)) + max(0, 1 + D(completed))`: arXiv 1802.05957, equation 16.

    Takes the same as `discriminator_loss`; D is the logit itself.

    Returns:
        float [B], not negative; 2 where D says 0.
    """
    return _mean(tf.nn.relu(1.0 - real_logit)) + _mean(tf.nn.relu(1.0 + fake_logit))


def hinge_adversarial_loss(fake_logit: tf.Tensor) -> tf.Tensor:
    """`-D(completed)`: arXiv 1802.05957, equation 17.

    Args:
        fake_logit: float [B, ...], of completed pictures.

    Returns:
        float [B].
    """
    return -_mean(fake_logit)


# By `--adversarial_loss`: the discriminator's, the generator's.
ADVERSARIAL = {
    "gan": (discriminator_loss, adversarial_loss),
    "hinge": (hinge_discriminator_loss, hinge_adversarial_loss),
}


def _mean(values: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(values, axis=list(range(1, len(values.shape))))
