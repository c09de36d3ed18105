"""The training loop: restore, step, log, measure, sample, save, export."""

import functools
import time
from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf

from ce_tf.data.pipeline import Host, train_dataset, validation_dataset
from ce_tf.errors import InputError
from ce_tf.exporting.run import export_run
from ce_tf.images.grid import write_grid
from ce_tf.models import GENERATORS
from ce_tf.records.manifest import Manifest, read_manifest
from ce_tf.training.checkpoints import Checkpoints
from ce_tf.training.config import TrainConfig
from ce_tf.training.diagnosis import explain, require_finite
from ce_tf.training.fine_tuning import initialize
from ce_tf.training.optimizers import current_rate
from ce_tf.training.progress import Progress
from ce_tf.training.run_folder import RunFolder, enter_run
from ce_tf.training.signals import stop_requests
from ce_tf.training.state import TrainState, fill_tensor, make_state
from ce_tf.training.step import train_steps
from ce_tf.training.strategies import describe, is_first_worker, make_strategy
from ce_tf.training.validation import Validator

# Pictures in the grids of `samples/` and TensorBoard.
_SAMPLES = 8


def train(config: TrainConfig) -> dict[str, float]:
    """Trains a run to `config.steps`, going on where its folder stands.

    Returns:
        The losses (`steps.reported`) of the last call; empty when none was left to do.

    Raises:
        InputError: something is wrong with the data, the run folder or a flag, said
            before the first step; or what stopped the run later.
    """
    strategy = make_strategy(config)
    manifest = read_manifest(config.data)
    size = GENERATORS[config.model].size
    fill_color = fill_tensor(config, manifest.mean_color)
    image, mask = _validation_pictures(config, manifest, size)
    # The graph optimiser's remapper stumbles over LeakyReLU gradients inside a loop: it
    # gives up with an error message. Without it the step is as fast.
    tf.config.optimizer.set_experimental_options({"remapping": False})
    keras.utils.set_random_seed(config.seed)
    with strategy.scope():
        state = make_state(config)
    validator = Validator(state.result, image, mask, fill_color)
    first = is_first_worker(strategy)
    run = enter_run(config, manifest, writes=first)
    checkpoints = Checkpoints(
        run.checkpoints, state, config.keep_checkpoints, writes=first
    )
    step = checkpoints.restore()
    if config.init_from and not step:
        print(f"Starting from {initialize(state, config)}")
    _require_same_step(strategy, step, config)
    print(
        f"{'Going on at' if step else 'Starting at'} step {step} of {config.steps}: "
        f"{config.model}, {state.generator.count_params() / 1e6:.1f} M parameters, "
        f"on {describe(strategy)}, run folder {run.path}"
    )
    batches = _distribute(strategy, config, manifest, size, step)
    run_steps = tf.function(
        functools.partial(train_steps, strategy, state, config, fill_color)
    )

    def call(count: int) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        try:
            return run_steps(batches, tf.constant(count))
        except tf.errors.OpError as error:
            known = explain(error, config, manifest, int(state.step.numpy()))
            raise (known or error) from None

    progress = Progress(run.logs, step, config.steps, config.batch_size, shown=first)
    trainer = _Trainer(config, state, run, checkpoints, validator, progress)
    with progress, stop_requests() as stop:
        losses = trainer.run(call, stop)
    if stop:
        raise InputError(
            f"stopped by a signal at step {int(state.step.numpy())}, which is saved. "
            "The same command goes on from there."
        )
    if config.export and first:
        export_run(run.path)
    return losses


class _Trainer:
    """Calls the step and does what is due between two calls."""

    def __init__(
        self,
        config: TrainConfig,
        state: TrainState,
        run: RunFolder,
        checkpoints: Checkpoints,
        validator: Validator,
        progress: Progress,
    ):
        self._config = config
        self._state = state
        self._run = run
        self._checkpoints = checkpoints
        self._validator = validator
        self._progress = progress
        self._saved = time.monotonic()

    def run(self, call: Callable, stop: list[int]) -> dict[str, float]:
        """Trains to the last step, or until something is in `stop`, and saves."""
        config, losses = self._config, {}
        step = int(self._state.step.numpy())
        while step < config.steps and not stop:
            count = _steps_to_next_event(step, config)
            values, broken = call(count)
            # The one wait for the device.
            losses = {name: float(value) for name, value in values.items()}
            step += count
            require_finite(losses, int(broken), config, self._checkpoints.newest)
            self._progress.advance(step, count, losses)
            self._do_what_is_due(step, losses, stop)
        # Whenever the signal came, while a step ran or while something was due.
        if stop and self._checkpoints.saved_step != step:
            self._checkpoints.save()
        return losses

    def _do_what_is_due(
        self, step: int, losses: dict[str, float], stop: list[int]
    ) -> None:
        config, state, last = self._config, self._state, step == self._config.steps
        if step % config.log_every == 0:
            self._progress.log(step, losses)
            rates = {
                "images_per_second": self._progress.rate,
                "generator_rate": current_rate(state.generator_optimizer),
                "discriminator_rate": current_rate(state.discriminator_optimizer),
            }
            self._progress.log(step, rates)
        if stop:  # at once
            return
        shown = self._progress.shown  # of several machines one measures and draws
        validated = shown and config.validation_pictures
        if validated and (last or step % config.validate_every == 0):
            self._validate(step)
        due = time.monotonic() - self._saved > 60 * config.checkpoint_minutes > 0
        if last or due or step % config.checkpoint_every == 0:
            self._checkpoints.save()
            self._saved = time.monotonic()
        if shown and (last or step % config.sample_every == 0):
            self._sample(step)

    def _validate(self, step: int) -> None:
        measured = self._validator.measure()
        self._progress.log(step, measured, "validation/")
        if measured["psnr"] > float(self._state.best.numpy()):
            self._state.best.assign(measured["psnr"])
            self._checkpoints.save_best()

    def _sample(self, step: int) -> None:
        grid = self._validator.draw(_SAMPLES)
        write_grid(self._run.samples / f"step-{step:07d}.png", grid)
        self._progress.log_grid(step, grid)


def _validation_pictures(
    config: TrainConfig, manifest: Manifest, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """The first val pictures, uint8 [N, S, S, 3], and their holes [N, S, S, 1]."""
    count = max(_SAMPLES, config.validation_pictures)
    batches = validation_dataset(config.data, manifest, size=size, batch_size=_SAMPLES)
    rows = list(batches.unbatch().take(count).as_numpy_iterator())
    return tuple(np.stack([row[key] for row in rows]) for key in ("image", "mask"))


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


def _distribute(
    strategy: tf.distribute.Strategy,
    config: TrainConfig,
    manifest: Manifest,
    size: int,
    step: int,
) -> Iterator:
    options = tf.data.Options()
    # Each host's data set reads that host's own shards already.
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.OFF
    )

    def make(context: tf.distribute.InputContext) -> tf.data.Dataset:
        hosts = context.num_input_pipelines
        host = Host(
            context.input_pipeline_id, hosts, context.num_replicas_in_sync // hosts
        )
        return train_dataset(
            config.data,
            manifest,
            size=size,
            batch_size=config.batch_size,
            seed=config.seed,
            start=step * config.batch_size,
            cache=config.cache,
            host=host,
        ).with_options(options)

    return iter(strategy.distribute_datasets_from_function(make))


def _require_same_step(
    strategy: tf.distribute.Strategy, step: int, config: TrainConfig
) -> None:
    """Several machines must have found the same checkpoint."""
    if config.strategy != "multi_worker":
        return

    @tf.function
    def mean_step() -> tf.Tensor:
        steps = strategy.run(lambda: tf.constant(float(step)))
        return strategy.reduce("MEAN", steps, axis=None)

    if float(mean_step()) != step:
        raise InputError(
            f"this worker found step {step} in --workdir={config.workdir}, others "
            "another one. All workers need the same folder, on a shared disk."
        )
