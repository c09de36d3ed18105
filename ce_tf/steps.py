"""One training step: what each replica does, and how several run in one call."""

from typing import Any

import keras
import tensorflow as tf

from ce_tf import losses, masking
from ce_tf.config import TrainConfig
from ce_tf.state import TrainState

# What a step reports, in the order that people read it.
SCALARS = (
    "generator_loss",
    "discriminator_loss",
    "reconstruction_loss",
    "adversarial_loss",
    "real_probability",
    "completed_probability",
)


def train_steps(
    strategy: tf.distribute.Strategy,
    state: TrainState,
    config: TrainConfig,
    fill_color: tf.Tensor | None,
    iterator: Any,
    count: tf.Tensor,
) -> dict[str, tf.Tensor]:
    """Runs `count` steps on all replicas; wrap it in a `tf.function`.

    Args:
        strategy: whose replicas share each global batch.
        state: networks, optimizers and step; updated in place.
        config: of the run.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
        iterator: over the strategy's distributed batches.
        count: int32, at least 1.

    Returns:
        SCALARS, each float [], the mean over the steps.
    """
    totals = tf.zeros([len(SCALARS)])
    for _ in tf.range(count):
        batch = next(iterator)
        values = strategy.run(replica_step, args=(state, config, fill_color, batch))
        totals += strategy.reduce("SUM", values, axis=None)
        state.step.assign_add(1)
    means = tf.unstack(totals / tf.cast(count, tf.float32))
    return dict(zip(SCALARS, means, strict=True))


def replica_step(
    state: TrainState,
    config: TrainConfig,
    fill_color: tf.Tensor | None,
    batch: dict[str, tf.Tensor],
) -> tf.Tensor:
    """One step of one replica on its part of the global batch.

    One pass of the generator, one each of real and completed pictures through the
    discriminator; both updates come from those passes.

    Args:
        batch: `{"image": uint8 [b, H, W, 3], "mask": uint8 [b, H, W, 1]}`, b pictures
            of the global `config.batch_size`.

    Returns:
        float [len(SCALARS)]: each summed over this replica's pictures and divided by
        the GLOBAL batch size.
    """
    draws = mask_draws(state.step, config) if config.vary_masks else None
    image, mask, masked = masking.prepare_batch(
        batch["image"], batch["mask"], draws, fill_color
    )
    with tf.GradientTape(persistent=True) as tape:
        fake = state.generator({"image": masked, "mask": mask}, training=True)
        completed = masking.complete(image, mask, fake)
        real_logit = state.discriminator(image, training=True)
        fake_logit = state.discriminator(completed, training=True)

        # Divided by the global batch size, so that the replicas' gradients, which the
        # optimizer sums, add up to the gradient of the global mean.
        def mean(values: tf.Tensor) -> tf.Tensor:
            return tf.reduce_sum(values) / config.batch_size

        reconstruction = mean(losses.reconstruction_loss(image, fake, mask))
        adversarial = mean(losses.adversarial_loss(fake_logit))
        generator_loss = losses.joint_loss(
            reconstruction,
            adversarial,
            config.reconstruction_weight,
            config.adversarial_weight,
        )
        discriminator_loss = mean(losses.discriminator_loss(real_logit, fake_logit))
    _update(state.generator_optimizer, tape, generator_loss, state.generator)
    _update(
        state.discriminator_optimizer, tape, discriminator_loss, state.discriminator
    )
    return tf.stack(
        [
            generator_loss,
            discriminator_loss,
            reconstruction,
            adversarial,
            mean(tf.sigmoid(real_logit)),
            mean(tf.sigmoid(fake_logit)),
        ]
    )


def mask_draws(step: tf.Tensor, config: TrainConfig) -> tf.Tensor:
    """This replica's random numbers to vary holes by, float [b, masking.DRAWS].

    Every replica draws those of the whole global batch from (seed, step) and takes its
    own rows, so that the holes do not depend on the number of replicas.
    """
    seed = tf.stack([tf.constant(config.seed, tf.int64), tf.cast(step, tf.int64)])
    draws = tf.random.stateless_uniform([config.batch_size, masking.DRAWS], seed)
    context = tf.distribute.get_replica_context()
    part = config.batch_size // context.num_replicas_in_sync
    first = part * tf.cast(context.replica_id_in_sync_group, tf.int32)
    return draws[first : first + part]


def _update(
    optimizer: keras.optimizers.Optimizer,
    tape: tf.GradientTape,
    loss: tf.Tensor,
    model: keras.Model,
) -> None:
    variables = [variable.value for variable in model.trainable_variables]
    gradients = tape.gradient(loss, variables)
    optimizer.apply(gradients, model.trainable_variables)
