"""The host half of the input: one chain from shards to batches of uint8.

A batch is `{"image": uint8 [B, S, S, 3], "mask": uint8 [B, S, S, 1]}`, the mask 1 where
the picture is to be filled. What belongs on the GPU is in `masking.py`.

Order, crops, flips and holes follow from (seed, epoch, position) alone, so a run that
starts again at example N sees exactly what it would have seen.
"""

from collections.abc import Sequence

import tensorflow as tf

from ce_tf import records
from ce_tf.errors import InputError
from ce_tf.manifest import Manifest, Shard

# Records that are shuffled at a time, still encoded: some 10 KB each. In chunks, each
# from (seed, epoch, chunk): `Dataset.shuffle` cannot start in the middle of a run.
_SHUFFLE = 8192
_READ_AT_ONCE = 16
# Tell the random streams of one seed apart.
_IMAGE_ORDER, _MASK_ORDER, _CROP = range(3)


def train_dataset(
    folder: str,
    manifest: Manifest,
    *,
    size: int,
    batch_size: int,
    seed: int,
    start: int = 0,
) -> tf.data.Dataset:
    """Endless shuffled batches of random crops, each with a hole of its own.

    Args:
        folder: where the shards of `manifest` lie.
        manifest: of the build.
        size: side S of the crops, in pixels.
        batch_size: B, pictures in each batch.
        seed: of order, crops and flips.
        start: how many examples to pass over, as an interrupted run has seen them.

    Raises:
        InputError: the data set has no such split, or its pictures are too small.
    """
    split = _split(folder, manifest, "train", size)
    images = _shuffled(folder, split.images, (seed, _IMAGE_ORDER), start)
    masks = _shuffled(folder, split.masks, (seed, _MASK_ORDER), start)
    positions = tf.data.Dataset.range(start, tf.int64.max)
    return (
        tf.data.Dataset.zip(images, masks, positions)
        .map(
            lambda image, mask, position: {
                "image": _random_crop(image, size, (seed, _CROP, position)),
                "mask": _mask(mask, size),
            },
            num_parallel_calls=tf.data.AUTOTUNE,
            deterministic=True,
        )
        .batch(batch_size, drop_remainder=True)
        .prefetch(tf.data.AUTOTUNE)
    )


def validation_dataset(
    folder: str, manifest: Manifest, *, size: int, batch_size: int
) -> tf.data.Dataset:
    """The val pictures once, in order: centre crops, the i-th with the i-th hole.

    The last batch may be short. Raises as `train_dataset`.
    """
    split = _split(folder, manifest, "val", size)
    images = tf.data.TFRecordDataset(_paths(folder, split.images))
    masks = tf.data.TFRecordDataset(_paths(folder, split.masks)).repeat()
    return (
        tf.data.Dataset.zip(images, masks)
        .map(
            lambda image, mask: {
                "image": _center_crop(image, size),
                "mask": _mask(mask, size),
            },
            num_parallel_calls=tf.data.AUTOTUNE,
        )
        .batch(batch_size)
        .prefetch(tf.data.AUTOTUNE)
    )


def _split(folder: str, manifest: Manifest, name: str, size: int):
    if manifest.size < size:
        raise InputError(
            f"{folder} holds pictures of {manifest.size} pixels (shorter side), but "
            f"the network takes {size}. Build the shards with --size={size} or more."
        )
    if manifest.mask_size != size:
        raise InputError(
            f"{folder} holds masks of {manifest.mask_size} pixels, but the network "
            f"takes {size}. Build the shards with --mask_size={size}."
        )
    split = manifest.splits.get(name)
    if split is None or not split.images or not split.masks:
        raise InputError(f"{folder} has no {name} pictures or holes. Build it again.")
    return split


def _paths(folder: str, shards: Sequence[Shard]) -> list[str]:
    return [tf.io.gfile.join(folder, shard.name) for shard in shards]


def _shuffled(
    folder: str, shards: Sequence[Shard], seed: tuple[int, int], start: int
) -> tf.data.Dataset:
    """Serialized records for ever, from `start` on; each epoch has its own order."""
    paths = _paths(folder, shards)
    first_epoch, passed = divmod(start, sum(shard.records for shard in shards))

    def one_epoch(epoch: tf.Tensor) -> tf.data.Dataset:
        order = _stateless_seed(*seed, epoch)
        shards = tf.random.experimental.stateless_shuffle(paths, order)
        chunks = (
            tf.data.Dataset.from_tensor_slices(shards)
            .interleave(
                tf.data.TFRecordDataset,
                cycle_length=_READ_AT_ONCE,
                num_parallel_calls=tf.data.AUTOTUNE,
                deterministic=True,
            )
            .batch(_SHUFFLE)
            .enumerate()
        )
        return chunks.map(
            lambda i, chunk: tf.random.experimental.stateless_shuffle(
                chunk, order + tf.stack([tf.constant(0, tf.int64), (i + 1) * 2**32])
            )
        ).unbatch()

    epochs = tf.data.Dataset.range(first_epoch, tf.int64.max)
    return epochs.flat_map(one_epoch).skip(passed)


def _random_crop(serialized: tf.Tensor, size: int, key: tuple) -> tf.Tensor:
    """A random `size` x `size` part of a picture record, flipped half of the time."""
    features = records.parse_image(serialized)
    draws = tf.random.stateless_uniform([3], _stateless_seed(*key), dtype=tf.float64)
    room = _room(features, size)
    offset = tf.cast(tf.floor(draws[:2] * tf.cast(room + 1, tf.float64)), tf.int32)
    image = _decode_square(features, offset, size)
    return tf.cond(draws[2] < 0.5, lambda: tf.reverse(image, [1]), lambda: image)


def _center_crop(serialized: tf.Tensor, size: int) -> tf.Tensor:
    features = records.parse_image(serialized)
    return _decode_square(features, _room(features, size) // 2, size)


def _mask(serialized: tf.Tensor, size: int) -> tf.Tensor:
    mask = records.decode_mask(records.parse_mask(serialized)["mask/encoded"])
    return tf.ensure_shape(mask, [size, size, 1])


def _room(features: dict[str, tf.Tensor], size: int) -> tf.Tensor:
    sides = tf.stack([features["image/height"], features["image/width"]])
    return tf.cast(sides, tf.int32) - size


def _decode_square(
    features: dict[str, tf.Tensor], offset: tf.Tensor, size: int
) -> tf.Tensor:
    window = tf.concat([offset, [size, size]], 0)
    image = records.decode_crop(features["image/encoded"], window)
    return tf.ensure_shape(image, [size, size, 3])


def _stateless_seed(seed: int, stream: int, counter: tf.Tensor) -> tf.Tensor:
    return tf.stack([tf.constant(seed * 3 + stream, tf.int64), counter])
