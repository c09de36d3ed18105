"""What a discriminator says of real and completed pictures, as losses."""

from typing import NamedTuple

import keras
import tensorflow as tf

from ce_tf.training import losses


class Verdict(NamedTuple):
    """Of each picture, float [B]; the mean over the discriminator's heads.

    Attributes:
        judged: the discriminator's loss.
        adversarial: the generator's.
        probabilities: that the real picture is a photo; that the completed one is.
    """

    judged: tf.Tensor
    adversarial: tf.Tensor
    probabilities: tuple[tf.Tensor, tf.Tensor]


def judge_pictures(
    discriminator: keras.Model,
    loss: str,
    real: dict[str, tf.Tensor],
    completed: dict[str, tf.Tensor],
) -> Verdict:
    """One pass each of real and completed pictures through the discriminator.

    Args:
        discriminator: gives one tensor of logits, or a list of such, one a head.
        loss: one of `losses.ADVERSARIAL`.
        real: `image`, `mask` and what else the discriminator looks at.
        completed: the same, the hole filled.
    """
    judge, convince = losses.ADVERSARIAL[loss]
    real_logits, fake_logits = (
        tf.nest.flatten(discriminator(shown, training=True))
        for shown in (real, completed)
    )
    heads = []
    for real_logit, fake_logit in zip(real_logits, fake_logits, strict=True):
        weight = None
        if getattr(discriminator, "judges_hole", False):
            weight = losses.hole_share(real["mask"], fake_logit)
        heads.append(
            (
                judge(real_logit, fake_logit, weight),
                convince(fake_logit, weight),
                *(
                    losses.mean_of_parts(tf.sigmoid(logit), weight)
                    for logit in (real_logit, fake_logit)
                ),
            )
        )
    judged, adversarial, *probabilities = (
        tf.add_n(values) / len(heads) for values in zip(*heads, strict=True)
    )
    return Verdict(judged, adversarial, tuple(probabilities))
