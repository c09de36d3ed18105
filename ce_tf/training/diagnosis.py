"""Errors of a running training, explained: what is wrong and what would be right."""

from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf

from ce_tf.data.dataset import Dataset
from ce_tf.errors import InputError
from ce_tf.records.manifest import Manifest, hash_file, shard_paths

# What a step raises when its input is damaged, and when another machine is gone.
_DAMAGED = (
    tf.errors.DataLossError,
    tf.errors.NotFoundError,
    tf.errors.InvalidArgumentError,
)
_LOST = (
    tf.errors.UnavailableError,
    tf.errors.DeadlineExceededError,
    tf.errors.CancelledError,
    tf.errors.AbortedError,
)


@contextmanager
def explain_errors(data: Dataset, step: tf.Variable, strategy: str) -> Iterator[None]:
    """Turns errors of TensorFlow whose cause is known into errors of the user.

    Args:
        data: that is trained on.
        step: how many steps were made; named where another machine is gone.
        strategy: of `config.strategy`.

    Raises:
        InputError: shards are damaged, or another worker was lost.
    """
    try:
        yield
    except tf.errors.OpError as error:
        if isinstance(error, _DAMAGED) and (
            names := find_damaged_shards(data.folder, data.manifest)
        ):
            raise InputError(
                f"damaged shards in --data={data.folder}: {', '.join(names)} "
                f"({str(error).splitlines()[0]}). Copy or build them again; the same "
                "command then goes on from the last checkpoint."
            ) from None
        if strategy == "multi_worker" and isinstance(error, _LOST):
            raise InputError(
                f"another worker was lost after step {int(step.numpy())}. Start the "
                "same command again on every machine: the run goes on from the last "
                "checkpoint."
            ) from None
        raise


def find_damaged_shards(folder: str, manifest: Manifest) -> list[str]:
    """The shards whose bytes are not those that the manifest knows."""
    damaged = []
    for split in manifest.splits.values():
        shards = (*split.images, *split.masks)
        paths = shard_paths(folder, shards)
        for shard, path in zip(shards, paths, strict=True):
            if not tf.io.gfile.exists(path) or hash_file(path) != shard.sha256:
                damaged.append(shard.name)
    return damaged


def require_finite(
    losses: dict[str, float], broken: int, last: str, rates: tuple[float, float]
) -> None:
    """Stops a run whose losses are no numbers any more.

    Args:
        losses: the last ones.
        broken: the first step that was not finite, 0 for none.
        last: the newest checkpoint, in words.
        rates: learning rates of generator and discriminator.

    Raises:
        InputError: `broken` is not 0.
    """
    if not broken:
        return
    values = ", ".join(f"{name}={value:.4g}" for name, value in losses.items())
    raise InputError(
        f"the losses of step {broken} are not finite ({values}). The last good "
        f"checkpoint is {last}. Lower --generator_rate (now {rates[0]}) "
        f"or --discriminator_rate (now {rates[1]}), or set "
        "--clip_norm, in a new --workdir with --init_from."
    )
