"""The training loop: restore, step, log, sample, save, export."""

import functools
from collections.abc import Callable, Iterator

import keras
import tensorflow as tf
from tqdm import tqdm

from ce_tf.checkpoints import Checkpoints
from ce_tf.config import TrainConfig
from ce_tf.dataset import train_dataset, validation_dataset
from ce_tf.errors import InputError
from ce_tf.exporting.saved_model import export_saved_model
from ce_tf.manifest import read_manifest
from ce_tf.models import GENERATORS
from ce_tf.run_folder import enter_run
from ce_tf.samples import Sampler
from ce_tf.state import TrainState, fill_tensor, make_state
from ce_tf.steps import train_steps
from ce_tf.stopping import stop_requests

# Pictures in the grids of `samples/` and TensorBoard.
_SAMPLES = 8


def train(config: TrainConfig) -> dict[str, float]:
    """Trains a run to `config.steps`, going on where its folder stands.

    Returns:
        The losses (`steps.SCALARS`) of the last call; empty when none was left to do.

    Raises:
        InputError: something is wrong with the data, the run folder or a flag; said
            before the first step.
    """
    manifest = read_manifest(config.data)
    size = GENERATORS[config.model].size
    sample_batch = next(
        validation_dataset(
            config.data, manifest, size=size, batch_size=_SAMPLES
        ).as_numpy_iterator()
    )
    # The graph optimiser's remapper stumbles over LeakyReLU gradients inside a loop: it
    # gives up with an error message. Without it the step is as fast.
    tf.config.optimizer.set_experimental_options({"remapping": False})
    strategy = tf.distribute.MirroredStrategy()
    _require_divisible(config, strategy)
    keras.utils.set_random_seed(config.seed)
    with strategy.scope():
        state = make_state(config)
    run = enter_run(config, manifest)
    checkpoints = Checkpoints(run.checkpoints, state, config.keep_checkpoints)
    start = checkpoints.restore()
    fill_color = fill_tensor(config, manifest.mean_color)
    batches = train_dataset(
        config.data,
        manifest,
        size=size,
        batch_size=config.batch_size,
        seed=config.seed,
        start=start * config.batch_size,
    )
    print(
        f"{'Going on at' if start else 'Starting at'} step {start} of {config.steps}: "
        f"{config.model}, {state.generator.count_params() / 1e6:.1f} M parameters, "
        f"on {_describe(strategy)}, run folder {run.path}"
    )
    losses = _run_loop(
        config,
        strategy,
        state,
        checkpoints,
        _distribute(strategy, batches),
        fill_color,
        Sampler(run.samples, run.logs, sample_batch, fill_color),
    )
    if config.export:
        print(f"Exporting to {run.export / 'saved_model'}")
        export_saved_model(state.generator, fill_color, run.export / "saved_model")
    return losses


def _run_loop(
    config: TrainConfig,
    strategy: tf.distribute.Strategy,
    state: TrainState,
    checkpoints: Checkpoints,
    iterator: Iterator,
    fill_color: tf.Tensor | None,
    sampler: Sampler,
) -> dict[str, float]:
    run_steps = tf.function(
        functools.partial(train_steps, strategy, state, config, fill_color)
    )
    step, losses = int(state.step.numpy()), {}
    progress = tqdm(
        total=config.steps * config.batch_size,
        initial=step * config.batch_size,
        unit="image",
        unit_scale=True,
        dynamic_ncols=True,
    )
    with progress, stop_requests() as stop, sampler.writer.as_default():
        while step < config.steps and not stop:
            count = _steps_to_next_event(step, config)
            # The one wait for the device.
            values = _call(run_steps, iterator, count, config)
            losses = {name: float(value) for name, value in values.items()}
            step += count
            progress.set_description(f"step {step}", refresh=False)
            progress.set_postfix(_brief(losses), refresh=False)
            progress.update(count * config.batch_size)
            if step % config.log_every == 0:
                for name, value in losses.items():
                    tf.summary.scalar(name, value, step)
                rate = progress.format_dict["rate"] or 0
                tf.summary.scalar("images_per_second", rate, step)
            last = step == config.steps or stop
            if step % config.sample_every == 0 or last:
                sampler.write(state.generator, step)
            if step % config.checkpoint_every == 0 or last:
                checkpoints.save()
    if stop:
        raise InputError(
            f"stopped by a signal at step {step}, which is saved. "
            "The same command goes on from there."
        )
    return losses


def _call(
    run_steps: Callable, iterator: Iterator, count: int, config: TrainConfig
) -> dict[str, tf.Tensor]:
    try:
        return run_steps(iterator, tf.constant(count))
    except (tf.errors.DataLossError, tf.errors.NotFoundError) as error:
        raise InputError(
            f"a shard of --data={config.data} is damaged or gone: "
            f"{str(error).splitlines()[0]} Find it with "
            f"`python -m tfrecords_builder verify {config.data}`; the last checkpoint "
            "is whole."
        ) from None


def _steps_to_next_event(step: int, config: TrainConfig) -> int:
    """How many steps may run before something has to be logged, shown or saved."""
    events = (config.log_every, config.sample_every, config.checkpoint_every)
    return min(
        config.steps_per_call,
        config.steps - step,
        *(every - step % every for every in events),
    )


def _distribute(strategy: tf.distribute.Strategy, batches: tf.data.Dataset) -> Iterator:
    options = tf.data.Options()
    # One host reads every shard; its replicas share each batch.
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.OFF
    )
    return iter(strategy.experimental_distribute_dataset(batches.with_options(options)))


def _require_divisible(config: TrainConfig, strategy: tf.distribute.Strategy) -> None:
    replicas = strategy.num_replicas_in_sync
    if config.batch_size % replicas:
        raise InputError(
            f"--batch_size={config.batch_size} cannot be shared evenly by {replicas} "
            f"GPUs; {config.batch_size // replicas * replicas or replicas} can."
        )


def _describe(strategy: tf.distribute.Strategy) -> str:
    gpus = len(tf.config.list_logical_devices("GPU"))
    return f"{strategy.num_replicas_in_sync} GPU(s)" if gpus else "the CPU"


def _brief(losses: dict[str, float]) -> dict[str, str]:
    return {
        "G": f"{losses['generator_loss']:.4f}",
        "D": f"{losses['discriminator_loss']:.3f}",
        "D(real)": f"{losses['real_probability']:.2f}",
        "D(completed)": f"{losses['completed_probability']:.2f}",
    }
