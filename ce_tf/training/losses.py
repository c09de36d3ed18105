"""The losses: Pathak et al. 2016 (arXiv 1604.07379), and what the literature added.

Each returns one value for each picture, float [B], so that a replica divides its sum by
the GLOBAL batch size. Logits are float [B, ...]: one for the picture, or one for each
part of it, which are averaged: all alike, or by `weight`, float as the logits, the
share of each part that counts.
"""

import tensorflow as tf

from ce_tf.completion.composition import complete

# Of `texture_loss`: sizes of the picture, and the side of a cell, pixels.
_TEXTURE_SIZES = 3
_CELL = 8


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
    return _hole_mean(tf.square(image - fake), mask)


def absolute_loss(image: tf.Tensor, fake: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """Mean absolute error over the hole, as pix2pix has it (arXiv 1611.07004, eq. 3).

    Takes the same as `reconstruction_loss`; it blurs less.

    Returns:
        float [B] in [0, 2].
    """
    return _hole_mean(tf.abs(image - fake), mask)


def texture_loss(image: tf.Tensor, fake: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """How far the strength of local texture in the hole is from the photo's.

    Texture is known by the strength of fine detail over places and scales (Heeger and
    Bergen 1995, "Pyramid-based texture analysis/synthesis"; Portilla and Simoncelli
    2000). Here: the root mean square of the gradient in cells of 8x8, at three sizes
    of the picture, each half of the last; and the mean absolute difference of that. It
    is high for a blurred fill, which squared errors prefer, and says nothing of where
    in a cell the detail lies.

    Takes the same as `reconstruction_loss`.

    Returns:
        float [B], not negative; 0 without a hole.
    """
    completed = complete(image, mask, fake)
    differences = []
    for _ in range(_TEXTURE_SIZES):
        real, found = (_local_gradient(picture) for picture in (image, completed))
        share = tf.nn.avg_pool2d(mask, _CELL, _CELL, "SAME")
        differences.append(_hole_mean(tf.abs(real - found), share))
        image, completed, mask = (
            tf.nn.avg_pool2d(pixels, 2, 2, "SAME")
            for pixels in (image, completed, mask)
        )
    return tf.add_n(differences) / _TEXTURE_SIZES


def discriminator_loss(
    real_logit: tf.Tensor, fake_logit: tf.Tensor, weight: tf.Tensor | None = None
) -> tf.Tensor:
    """`-log D(real) - log(1 - D(completed))`: Pathak et al., equation 2, to minimise.

    Args:
        real_logit: float [B, ...], of photos.
        fake_logit: float [B, ...], of completed pictures.

    Returns:
        float [B], not negative; 2 log 2 where D cannot tell.
    """
    # softplus(-x) = -log sigmoid(x): on the logit, so that it never overflows.
    photo, filled = tf.nn.softplus(-real_logit), tf.nn.softplus(fake_logit)
    return mean_of_parts(photo, weight) + mean_of_parts(filled, weight)


def adversarial_loss(
    fake_logit: tf.Tensor, weight: tf.Tensor | None = None
) -> tf.Tensor:
    """`-log D(completed)`: the non-saturating form, Goodfellow et al. 2014, section 3.

    Args:
        fake_logit: float [B, ...], of completed pictures.

    Returns:
        float [B], not negative.
    """
    return mean_of_parts(tf.nn.softplus(-fake_logit), weight)


def hinge_discriminator_loss(
    real_logit: tf.Tensor, fake_logit: tf.Tensor, weight: tf.Tensor | None = None
) -> tf.Tensor:
    """`max(0, 1 - D(real)) + max(0, 1 + D(completed))`: arXiv 1802.05957, equation 16.

    Takes the same as `discriminator_loss`; D is the logit itself.

    Returns:
        float [B], not negative; 2 where D is 0.
    """
    photo, filled = tf.nn.relu(1.0 - real_logit), tf.nn.relu(1.0 + fake_logit)
    return mean_of_parts(photo, weight) + mean_of_parts(filled, weight)


def hinge_adversarial_loss(
    fake_logit: tf.Tensor, weight: tf.Tensor | None = None
) -> tf.Tensor:
    """`-D(completed)`: arXiv 1802.05957, equation 17.

    Args:
        fake_logit: float [B, ...], of completed pictures.

    Returns:
        float [B].
    """
    return -mean_of_parts(fake_logit, weight)


# By `--adversarial_loss`: the discriminator's, the generator's.
ADVERSARIAL = {
    "gan": (discriminator_loss, adversarial_loss),
    "hinge": (hinge_discriminator_loss, hinge_adversarial_loss),
}


def mean_of_parts(values: tf.Tensor, weight: tf.Tensor | None = None) -> tf.Tensor:
    """The mean over the parts of each picture, float [B]; 0 where none counts."""
    axes = list(range(1, len(values.shape)))
    if weight is None:
        return tf.reduce_mean(values, axis=axes)
    total = tf.reduce_sum(weight * values, axis=axes)
    return total / tf.maximum(tf.reduce_sum(weight, axis=axes), 1e-6)


def hole_share(mask: tf.Tensor, logit: tf.Tensor) -> tf.Tensor:
    """The share of each part of a picture that is hole.

    Args:
        mask: float [B, H, W, 1], 1 = hole.
        logit: float [B, h, w, 1], one for each part; h and w divide H and W.

    Returns:
        float [B, h, w, 1] in [0, 1].
    """
    sides = [mask.shape[axis] // logit.shape[axis] for axis in (1, 2)]
    return tf.nn.avg_pool2d(mask, sides, sides, "VALID")


def _hole_mean(values: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    """[B, h, w, C], weighed by [B, h, w, 1], to the mean of each: [B]."""
    total = tf.reduce_sum(weight * values, axis=(1, 2, 3))
    channels = tf.cast(tf.shape(values)[-1], tf.float32)
    weights = tf.reduce_sum(weight, axis=(1, 2, 3)) * channels
    return total / tf.maximum(weights, 1.0)


def _local_gradient(picture: tf.Tensor) -> tf.Tensor:
    """[B, h, w, C] to the gradient's root mean square in each cell."""
    rows = tf.square(picture[:, 1:, :-1] - picture[:, :-1, :-1])
    columns = tf.square(picture[:, :-1, 1:] - picture[:, :-1, :-1])
    energy = tf.pad(rows + columns, [[0, 0], [0, 1], [0, 1], [0, 0]])
    # The root has no gradient at 0; 6e-5 is one level of 255 in [-1, 1], squared.
    return tf.sqrt(tf.nn.avg_pool2d(energy, _CELL, _CELL, "SAME") + 6e-5)
