"""From a run's settings to its trained weights."""

from ce_tf.data.dataset import read_dataset
from ce_tf.training.config import TrainConfig
from ce_tf.training.loop import SAMPLES, train_and_evaluate
from ce_tf.training.progress import Writer
from ce_tf.training.run_folder import enter_run
from ce_tf.training.state import picture_size
from ce_tf.training.strategies import is_first_worker, make_strategy


def train(config: TrainConfig) -> dict[str, float]:
    """Trains a run to `config.steps`, going on where its folder stands.

    Returns:
        The losses of the last steps, as `train_and_evaluate` gives them.

    Raises:
        InputError: something is wrong with the data, the run folder or a flag, said
            before the first step; or what stopped the run later.
    """
    strategy = make_strategy(config)
    data = read_dataset(
        config.data,
        size=picture_size(config),
        batch_size=config.batch_size,
        seed=config.seed,
        validation=max(SAMPLES, config.validation_pictures),
        zoom=config.zoom,
    )
    first = is_first_worker(config.strategy)
    run = enter_run(config, data.manifest, writes=first)
    with Writer(run.logs, writes=first) as writer:
        return train_and_evaluate(config, strategy, data, run, writer)
