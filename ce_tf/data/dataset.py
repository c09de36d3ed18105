"""What a run learns from and is measured on."""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from ce_tf.data.pipeline import train_dataset, validation_dataset
from ce_tf.records.manifest import Manifest, read_manifest

_BATCH = 8


@dataclasses.dataclass(frozen=True)
class Dataset:
    """What the training loop takes.

    Attributes:
        folder: where the shards lie; named in errors.
        manifest: of the build, for its mean colour and the hashes of its shards.
        batches: from `start=` (examples that were seen before) and `context=` to the
            endless batches of one host, as `train_dataset` gives them.
        image: uint8 [N, S, S, 3], the first validation pictures.
        mask: uint8 [N, S, S, 1], their holes, 1 = hole.
    """

    folder: str
    manifest: Manifest
    batches: Callable[..., tf.data.Dataset]
    image: np.ndarray
    mask: np.ndarray


def read_dataset(
    folder: str,
    *,
    size: int,
    batch_size: int,
    seed: int,
    validation: int,
    zoom: float = 1.0,
) -> Dataset:
    """The data set in a folder of shards.

    Args:
        folder: that `tfrecords_builder` wrote.
        size: side S of the pictures, in pixels.
        batch_size: pictures in each global batch.
        seed: of order, crops, flips and holes.
        validation: how many validation pictures are read, at most.
        zoom: up to how much a third of the pictures that train is enlarged.

    Raises:
        InputError: there is no such data set, or it does not suit.
    """
    manifest = read_manifest(folder)
    batches = validation_dataset(folder, manifest, size=size, batch_size=_BATCH)
    rows = list(batches.unbatch().take(validation).as_numpy_iterator())
    image, mask = (np.stack([row[key] for row in rows]) for key in ("image", "mask"))
    train = functools.partial(
        train_dataset,
        folder,
        manifest,
        size=size,
        batch_size=batch_size,
        seed=seed,
        zoom=zoom,
    )
    return Dataset(folder, manifest, train, image, mask)
