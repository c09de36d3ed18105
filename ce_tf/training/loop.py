"""The training loop: restore, step, log, evaluate, save."""

import functools
import time

import keras
import tensorflow as tf

from ce_tf.data.dataset import Dataset
from ce_tf.errors import StoppedError
from ce_tf.images.grid import write_grid
from ce_tf.training.checkpoints import Checkpoints
from ce_tf.training.config import TrainConfig
from ce_tf.training.diagnosis import explain_errors, require_finite
from ce_tf.training.fine_tuning import load_initial_weights
from ce_tf.training.optimizers import current_rate
from ce_tf.training.progress import Writer, progress_bar, show_losses
from ce_tf.training.run_folder import RunFolder
from ce_tf.training.signals import stop_requests
from ce_tf.training.state import fill_tensor, make_state
from ce_tf.training.step import train_steps
from ce_tf.training.strategies import describe, is_first_worker, require_same_step
from ce_tf.training.validation import Validator, best_score, choose_metrics

# Pictures in the grids of `samples/` and TensorBoard.
SAMPLES = 8


def train_and_evaluate(
    config: TrainConfig,
    strategy: tf.distribute.Strategy,
    data: Dataset,
    run: RunFolder,
    writer: Writer,
) -> dict[str, float]:
    """Trains to `config.steps`, going on from the newest checkpoint in `run`.

    Args:
        config: of the run.
        strategy: that `config.strategy` names.
        data: what is learned from and measured on.
        run: where checkpoints and samples go.
        writer: takes the curves and the picture grids.

    Returns:
        The losses (`step.reported`) of the last call; empty when none was left to do.

    Raises:
        StoppedError: a signal ended the run, which is saved.
        InputError: what else ended it: losses that are not finite, damaged data, a
            lost worker, a checkpoint that cannot be read or written.
    """
    first = is_first_worker(config.strategy)
    fill_color = fill_tensor(config.fill, data.manifest.mean_color)
    # The graph optimiser's remapper fails on LeakyReLU gradients inside a loop, and
    # prints an error. Without it the step is as fast.
    tf.config.optimizer.set_experimental_options({"remapping": False})
    keras.utils.set_random_seed(config.seed)
    with strategy.scope():
        state = make_state(config)
    run_steps = tf.function(
        functools.partial(train_steps, strategy, state, config, fill_color)
    )
    validator = Validator(
        state.result, data.image, data.mask, fill_color, choose_metrics(config)
    )
    checkpoints = Checkpoints(
        run.checkpoints, state, config.keep_checkpoints, writes=first
    )

    # Restore
    step = checkpoints.restore()
    if config.init_from and not step:
        print(f"Starting from {load_initial_weights(state, config)}")
    require_same_step(strategy, step, config.workdir)
    print(
        f"{'Going on at' if step else 'Starting at'} step {step} of {config.steps}: "
        f"{config.model}, {state.generator.count_params() / 1e6:.1f} M parameters, "
        f"on {describe(strategy)}, run folder {run.path}"
    )
    batches = iter(
        strategy.distribute_datasets_from_function(
            lambda context: data.batches(
                start=step * config.batch_size, context=context
            )
        )
    )
    losses: dict[str, float] = {}
    saved = time.monotonic()
    bar = progress_bar(step, config.steps, config.batch_size, shown=first)
    with bar, stop_requests() as stop:
        while step < config.steps and not stop:
            # Step
            count = _steps_to_next_event(step, config)
            with explain_errors(data, state.step, config.strategy):
                values, broken = run_steps(batches, tf.constant(count))
                # The one wait for the device.
                losses = {name: float(value) for name, value in values.items()}
            step += count
            last = step == config.steps
            rates = config.generator_rate, config.discriminator_rate
            require_finite(losses, int(broken), checkpoints.newest, rates)
            show_losses(bar, step, losses)
            bar.update(count * config.batch_size)

            # Log
            if step % config.log_every == 0:
                speeds = {
                    "images_per_second": bar.format_dict["rate"] or 0.0,
                    "generator_rate": current_rate(state.generator_optimizer),
                    "discriminator_rate": current_rate(state.discriminator_optimizer),
                }
                writer.log(step, losses | speeds)
            if stop:  # at once
                break

            # Evaluate; of several machines one does
            due = last or step % config.validate_every == 0
            if first and config.validation_pictures and due:
                measured = validator.measure()
                writer.log(step, measured, "validation/")
                score = best_score(config.best_by, measured)
                if score > float(state.best.numpy()):
                    state.best.assign(score)
                    checkpoints.save_best()

            # Save
            late = time.monotonic() - saved > 60 * config.checkpoint_minutes > 0
            if last or late or step % config.checkpoint_every == 0:
                checkpoints.save()
                saved = time.monotonic()
            if first and (last or step % config.sample_every == 0):
                grid = validator.draw(SAMPLES)
                write_grid(run.samples / f"step-{step:07d}.png", grid)
                writer.log_grid(step, grid)
        # Whenever the signal came, while a step ran or between two.
        if stop and checkpoints.saved_step != step:
            checkpoints.save()
    if stop:
        raise StoppedError(
            f"stopped by a signal at step {step}, which is saved. "
            "The same command goes on from there.",
            stop[0],
        )
    return losses


def _steps_to_next_event(step: int, config: TrainConfig) -> int:
    """How many steps may run before something has to be logged, shown or saved."""
    events = (
        config.log_every,
        config.sample_every,
        config.validate_every,
        config.checkpoint_every,
    )
    return min(
        config.steps_per_call,
        config.steps - step,
        *(every - step % every for every in events),
    )
