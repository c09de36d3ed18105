"""The host half of the input: one chain from shards to batches of uint8.

A batch is `{"image": uint8 [B, S, S, 3], "mask": uint8 [B, S, S, 1], "row": int32
[B]}`: the mask is 1 where the picture is to be filled, the row is the picture's place
in the global batch. What belongs on the GPU is in `masking.py`.

Order, crops, flips and holes follow from (seed, epoch, position) alone, so a run that
starts again at example N sees exactly what it would have seen.
"""

import dataclasses

import tensorflow as tf

from ce_tf.data.crops import center_crop, decode_hole, decode_square
from ce_tf.data.decoded import DecodedShards
from ce_tf.data.shuffling import Stream, deal_shards
from ce_tf.data.streamed import EncodedShards
from ce_tf.errors import InputError
from ce_tf.records import schema
from ce_tf.records.manifest import Manifest, Split, shard_paths

# The random streams of one seed.
_IMAGE_ORDER, _MASK_ORDER, _CROP = range(3)
_SOURCES = {"none": EncodedShards, "ram": DecodedShards}


@dataclasses.dataclass(frozen=True)
class Host:
    """Which of the machines that share the input this one is.

    Attributes:
        index: from 0.
        count: how many machines there are.
        replicas: devices on each of them.
    """

    index: int = 0
    count: int = 1
    replicas: int = 1


def train_dataset(
    folder: str,
    manifest: Manifest,
    *,
    size: int,
    batch_size: int,
    seed: int,
    start: int = 0,
    cache: str = "none",
    host: Host = Host(),
) -> tf.data.Dataset:
    """Endless shuffled batches of random crops, each with a hole of its own.

    Args:
        folder: where the shards of `manifest` lie.
        manifest: of the build.
        size: side S of the crops, in pixels.
        batch_size: pictures in each GLOBAL batch.
        seed: of order, crops, flips and holes.
        start: how many examples to pass over, as an interrupted run has seen them.
        cache: `ram` decodes pictures and holes once and keeps them.
        host: who reads; each host reads picture shards of its own.

    Returns:
        Batches for one replica each, in the replicas' order: B is `batch_size` divided
        by all replicas.

    Raises:
        InputError: the data set has no such split, its pictures are too small, its
            shards cannot be shared by so many hosts, or memory cannot hold the cache.
    """
    split = _split(folder, manifest, "train", size)
    lanes = deal_shards(split.images, batch_size, host.count)
    mine = range(len(lanes))[host.index :: host.count]
    source = _SOURCES[cache](
        folder, [lanes[lane] for lane in mine], split.masks, size, manifest.lossless
    )
    passed = start // len(lanes)
    streams = [
        tf.data.Dataset.zip(
            source.pictures(
                place,
                Stream(seed, _IMAGE_ORDER, lane),
                Stream(seed, _CROP, lane),
                passed,
            ),
            source.holes(Stream(seed, _MASK_ORDER, lane), passed),
            _rows(lane, len(lanes), batch_size),
        )
        for place, lane in enumerate(mine)
    ]
    # The lanes take turns.
    turns = tf.data.Dataset.range(len(streams)).repeat()
    examples = tf.data.Dataset.choose_from_datasets(streams, turns)
    count = batch_size // (host.count * host.replicas)
    return source.batch(examples, count).prefetch(tf.data.AUTOTUNE)


def validation_dataset(
    folder: str, manifest: Manifest, *, size: int, batch_size: int
) -> tf.data.Dataset:
    """The val pictures once, in order: centre crops, the i-th with the i-th hole.

    The last batch may be short. Raises as `train_dataset`.
    """
    split = _split(folder, manifest, "val", size)
    images = tf.data.TFRecordDataset(shard_paths(folder, split.images))
    masks = tf.data.TFRecordDataset(shard_paths(folder, split.masks)).repeat()

    def decode(image: tf.Tensor, mask: tf.Tensor) -> dict[str, tf.Tensor]:
        picture = schema.parse_image(image)
        middle = center_crop(picture["image/height"], picture["image/width"], size)
        return {
            "image": decode_square(
                picture["image/encoded"], middle, size, manifest.lossless
            ),
            "mask": decode_hole(schema.parse_mask(mask)["mask/encoded"], size),
        }

    return (
        tf.data.Dataset.zip(images, masks)
        .map(decode, num_parallel_calls=tf.data.AUTOTUNE)
        .batch(batch_size)
        .prefetch(tf.data.AUTOTUNE)
    )


def _rows(lane: int, lanes: int, batch_size: int) -> tf.data.Dataset:
    """The places in the global batch, int32, that a lane fills, over and over."""
    return tf.data.Dataset.from_tensor_slices(
        tf.range(lane, batch_size, lanes, dtype=tf.int32)
    ).repeat()


def _split(folder: str, manifest: Manifest, name: str, size: int) -> Split:
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
