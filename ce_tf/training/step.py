"""One training step: what each replica does, and how several run in one call."""

import functools
from typing import Any

import keras
import tensorflow as tf

from ce_tf.completion import masking
from ce_tf.data.seeds import CLOSE_UP, HOLES, step_key
from ce_tf.perceptual.loss import perceptual_loss, style_loss
from ce_tf.training import closeup, losses
from ce_tf.training.config import TrainConfig
from ce_tf.training.ema import update_average
from ce_tf.training.judging import judge_pictures
from ce_tf.training.looks import look_twice
from ce_tf.training.optimizers import apply_gradients
from ce_tf.training.state import TrainState

# What a step reports of the generator, with `--texture_weight`, with
# `--perceptual_weight`, with `--style_weight`, and with a discriminator.
_GENERATOR = ("generator_loss", "reconstruction_loss", "absolute_loss")
_TEXTURE = ("texture_loss",)
_PERCEPTUAL = ("perceptual_loss",)
_STYLE = ("style_loss",)
_ADVERSARIAL = (
    "adversarial_loss",
    "discriminator_loss",
    "real_probability",
    "completed_probability",
)


def reported(config: TrainConfig) -> tuple[str, ...]:
    """The names of what a step of this run reports."""
    return (
        *_GENERATOR,
        *(_TEXTURE if config.texture_weight else ()),
        *(_PERCEPTUAL if config.perceptual_weight else ()),
        *(_STYLE if config.style_weight else ()),
        *(_ADVERSARIAL if config.adversarial_weight else ()),
    )


def train_steps(
    strategy: tf.distribute.Strategy,
    state: TrainState,
    config: TrainConfig,
    fill_color: tf.Tensor | None,
    iterator: Any,
    count: tf.Tensor,
) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
    """Runs `count` steps on all replicas; wrap it in a `tf.function`.

    Args:
        strategy: whose replicas share each global batch.
        state: networks, averages, optimizers and step; updated in place.
        config: of the run.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
        iterator: over the strategy's distributed batches.
        count: int32, at least 1.

    Returns:
        What `reported` names, each float [], the mean over the steps; and int64 [],
        the first step (the run's first is 1) in which one of them was not finite, 0
        for none.
    """
    step_function = functools.partial(replica_step, state, config, fill_color)
    if config.xla:
        step_function = tf.function(step_function, jit_compile=True)
    names = reported(config)
    totals = tf.zeros([len(names)])
    broken = tf.constant(0, tf.int64)
    for _ in tf.range(count):
        batch = next(iterator)
        values = strategy.run(step_function, args=(batch,))
        values = strategy.reduce("SUM", values, axis=None)
        state.step.assign_add(1)
        # A discriminator that is not trained is its own average.
        for average, trained in state.averages[: 2 if config.adversarial_weight else 1]:
            update_average(strategy, average, trained, config.ema, state.step)
        totals += values
        finite = tf.reduce_all(tf.math.is_finite(values))
        broken = tf.where(
            tf.logical_or(finite, broken > 0), broken, state.step.read_value()
        )
    means = tf.unstack(totals / tf.cast(count, tf.float32))
    return dict(zip(names, means, strict=True)), broken


def replica_step(
    state: TrainState,
    config: TrainConfig,
    fill_color: tf.Tensor | None,
    batch: dict[str, tf.Tensor],
) -> tf.Tensor:
    """One step of one replica on its part of the global batch.

    One pass of the generator (with `look_twice` of two looks, whose mean is the fake),
    one each of real and completed pictures through the discriminator; both updates come
    from those passes. Without an adversarial weight the discriminator rests. The joint
    loss is `w_rec * L_rec + w_adv * L_adv` (Pathak et al., equation 3), and
    `w_l1 * L_1`, `w_tex * L_tex`, `w_per * L_per` and `w_sty * L_sty` where they are
    asked. Features, which perceptual and style loss and a projected discriminator
    share, are made once of the real and once of the completed pictures; with
    `feature_size` of a close-up of the hole, which then is all that the discriminator
    meets.

    Args:
        batch: `{"image": uint8 [b, H, W, 3], "mask": uint8 [b, H, W, 1], "row": int32
            [b]}`, b pictures of the global batch and their places in it.

    Returns:
        float [len(reported(config))]: each summed over this replica's pictures and
        divided by the GLOBAL batch size.
    """
    draws = None
    if config.vary_masks:
        draws = draw_for_rows(
            state, HOLES, [config.batch_size, masking.DRAWS], batch["row"]
        )
    image, mask, masked = masking.prepare_batch(
        batch["image"], batch["mask"], draws, fill_color
    )
    size = _global_batch_size(image, config.batch_size)

    # Divided by the global batch size, so that the replicas' gradients, which the
    # optimizer sums, add up to the gradient of the global mean.
    def mean(values: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(values) / size

    look = None
    if config.feature_size:
        look = draw_for_rows(
            state, CLOSE_UP, [config.batch_size, closeup.DRAWS], batch["row"]
        )

    def show(picture: tf.Tensor) -> dict[str, Any]:
        seen = (picture, mask)
        if look is not None:
            seen = closeup.close_up(seen, mask, look, config.feature_size)
        shown = dict(zip(("image", "mask"), seen, strict=True))
        if state.features is not None:
            shown["features"] = state.features(shown["image"])
        return shown

    real = show(image)

    # The discriminator has a tape of its own, which begins with it: so its gradient is
    # not sought through the generator.
    judging = tf.GradientTape()
    with tf.GradientTape() as tape:
        if config.look_twice:
            fake = look_twice(state.generator, masked, mask, fill_color)
        else:
            fake = state.generator({"image": masked, "mask": mask}, training=True)
        reconstruction = mean(losses.reconstruction_loss(image, fake, mask))
        absolute = mean(losses.absolute_loss(image, fake, mask))
        joint = (
            config.reconstruction_weight * reconstruction + config.l1_weight * absolute
        )
        values = [reconstruction, absolute]
        if config.texture_weight:
            texture = mean(losses.texture_loss(image, fake, mask))
            joint += config.texture_weight * texture
            values.append(texture)
        completed = show(masking.complete(image, mask, fake))
        if config.perceptual_weight:
            seen = mean(
                perceptual_loss(real["features"], completed["features"], real["mask"])
            )
            joint += config.perceptual_weight * seen
            values.append(seen)
        if config.style_weight:
            style = mean(
                style_loss(real["features"], completed["features"], real["mask"])
            )
            joint += config.style_weight * style
            values.append(style)
        if config.adversarial_weight:
            with judging:
                verdict = judge_pictures(
                    state.discriminator, config.adversarial_loss, real, completed
                )
                judged = mean(verdict.judged)
                target = state.discriminator_optimizer.scale_loss(judged)
            adversarial = mean(verdict.adversarial)
            joint += config.adversarial_weight * adversarial
            values += [adversarial, judged, *map(mean, verdict.probabilities)]
        generator_target = state.generator_optimizer.scale_loss(joint)

    def update(optimizer, model: keras.Model, tape: tf.GradientTape, target) -> None:
        variables = [variable.value for variable in model.trainable_variables]
        gradients = tape.gradient(target, variables)
        apply_gradients(optimizer, gradients, model, config.clip_norm)

    update(state.generator_optimizer, state.generator, tape, generator_target)
    if config.adversarial_weight:
        update(state.discriminator_optimizer, state.discriminator, judging, target)
    return tf.stack([joint, *values])


def draw_for_rows(
    state: TrainState, use: int, shape: list[int], row: tf.Tensor
) -> tf.Tensor:
    """Random numbers in [0, 1) for this replica's pictures, float [b, count].

    Every replica draws those of the whole global batch from (seed, step) and takes its
    own rows, so that what a picture meets does not depend on where it is computed.

    Args:
        state: whose seed and step decide.
        use: what they are for, of `data.seeds`.
        shape: pictures in the global batch, and how many numbers each takes.
        row: int32 [b], the places in it of this replica's pictures.
    """
    draws = tf.random.stateless_uniform(shape, step_key(state.seed, state.step, use))
    return tf.gather(draws, row)


def _global_batch_size(image: tf.Tensor, batch_size: int) -> tf.Tensor | int:
    """`batch_size`; or, where a batch may be short, the pictures it has."""
    if image.shape[0] is not None:
        return batch_size
    count = tf.cast(tf.shape(image)[0], tf.float32)
    return tf.distribute.get_replica_context().all_reduce("SUM", count)
