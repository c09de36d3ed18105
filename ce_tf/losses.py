"""The losses of Pathak et al. 2016 (arXiv 1604.07379), one value for each picture.

Each returns float [B], so that a replica divides its sum by the GLOBAL batch size.
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


def discriminator_loss(real_logit: tf.Tensor, fake_logit: tf.Tensor) -> tf.Tensor:
    """`-log D(real) - log(1 - D(completed))`: Pathak et al., equation 2, to minimise.

    Args:
        real_logit: float [B, 1], of photos.
        fake_logit: float [B, 1], of completed pictures.

    Returns:
        float [B], not negative; 2 log 2 where D cannot tell.
    """
    # softplus(-x) = -log sigmoid(x): on the logit, so that it never overflows.
    return tf.squeeze(tf.nn.softplus(-real_logit) + tf.nn.softplus(fake_logit), -1)


def adversarial_loss(fake_logit: tf.Tensor) -> tf.Tensor:
    """`-log D(completed)`: the non-saturating form, Goodfellow et al. 2014, section 3.

    Args:
        fake_logit: float [B, 1], of completed pictures.

    Returns:
        float [B], not negative.
    """
    return tf.squeeze(tf.nn.softplus(-fake_logit), -1)


def joint_loss(
    reconstruction: tf.Tensor,
    adversarial: tf.Tensor,
    reconstruction_weight: float,
    adversarial_weight: float,
) -> tf.Tensor:
    """`w_rec * L_rec + w_adv * L_adv`: Pathak et al., equation 3."""
    return reconstruction_weight * reconstruction + adversarial_weight * adversarial
