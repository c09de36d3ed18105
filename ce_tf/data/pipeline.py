"""The host half of the input: one chain from shards to batches of uint8.

A batch is `{"image": uint8 [B, S, S, 3], "mask": uint8 [B, S, S, 1], "row": int32
[B]}`: the mask is 1 where the picture is to be filled, the row is the picture's place
in the global batch. What belongs on the GPU is in `completion/masking.py`.

Order, crops, flips and holes follow from (seed, epoch, position) alone, so a run that
starts again at example N sees exactly what it would have seen.
"""

from collections.abc import Sequence

import tensorflow as tf

from ce_tf.data.crops import (
    center_crop,
    decode_hole,
    decode_square,
    draw_crops,
    draw_sides,
    place_crops,
)
from ce_tf.data.seeds import CROP, IMAGE_ORDER, MASK_ORDER, ZOOM, Stream
from ce_tf.data.shuffling import count_records, deal_shards, shuffle_records
from ce_tf.errors import InputError
from ce_tf.records import schema
from ce_tf.records.manifest import Manifest, Shard, Split, shard_paths

_ALONE = tf.distribute.InputContext()  # one host with one replica


def train_dataset(
    folder: str,
    manifest: Manifest,
    *,
    size: int,
    batch_size: int,
    seed: int,
    zoom: float = 1.0,
    start: int = 0,
    context: tf.distribute.InputContext = _ALONE,
) -> tf.data.Dataset:
    """Endless shuffled batches of random crops, each with a hole of its own.

    Args:
        folder: where the shards of `manifest` lie.
        manifest: of the build.
        size: side S of the crops, in pixels.
        batch_size: pictures in each GLOBAL batch.
        seed: of order, crops, flips and holes.
        zoom: up to how much a third of the crops is enlarged (`crops.draw_sides`).
        start: how many examples to pass over, as an interrupted run has seen them.
        context: which of the hosts that share the input reads, and for how many
            replicas; each host reads picture shards of its own.

    Returns:
        Batches for one replica each, in the replicas' order: B is `batch_size` divided
        by all replicas.

    Raises:
        InputError: the data set has no such split, its pictures are too small, or its
            shards cannot be shared by so many hosts.
    """
    hosts = context.num_input_pipelines
    split = _split(folder, manifest, "train", size)
    lanes = deal_shards(split.images, batch_size, hosts)
    start //= len(lanes)
    examples = [
        tf.data.Dataset.zip(
            _pictures(folder, lanes[lane], size, zoom, seed, lane, start),
            _holes(folder, split.masks, seed, lane, start),
            _rows(lane, len(lanes), batch_size),
        )
        for lane in range(context.input_pipeline_id, len(lanes), hosts)
    ]

    def decode(picture, hole, row):
        encoded, side, offset, flip = picture
        enlarged = side if zoom > 1 else None
        image = decode_square(encoded, offset, size, manifest.lossless, enlarged)
        return {
            # Reversed along no axis where it is not to be flipped.
            "image": tf.reverse(image, tf.range(1, 1 + flip)),
            "mask": decode_hole(hole, size),
            "row": row,
        }

    options = tf.data.Options()
    # Each host's data set reads that host's own shards already.
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.OFF
    )
    # The lanes take turns.
    turns = tf.data.Dataset.range(len(examples)).repeat()
    return (
        tf.data.Dataset.choose_from_datasets(examples, turns)
        .map(decode, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
        .batch(context.get_per_replica_batch_size(batch_size), drop_remainder=True)
        .prefetch(tf.data.AUTOTUNE)
        .with_options(options)
    )


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


def _pictures(
    folder: str,
    shards: Sequence[Shard],
    size: int,
    zoom: float,
    seed: int,
    lane: int,
    start: int,
) -> tf.data.Dataset:
    """A lane's pictures for ever: (encoded, side, top and left of the crop, flip)."""
    crop, closer = Stream(seed, CROP, lane), Stream(seed, ZOOM, lane)

    def parse(serialized, epoch, chunk):
        features = schema.parse_image(serialized)
        count = tf.shape(serialized)[0]
        draws = draw_crops(crop, count, epoch, chunk)
        side = draw_sides(closer, count, epoch, chunk, size, zoom)
        shape = features["image/height"], features["image/width"]
        return features["image/encoded"], side, *place_crops(draws, *shape, side)

    paths, order = shard_paths(folder, shards), Stream(seed, IMAGE_ORDER, lane)
    return shuffle_records(paths, count_records(shards), order, start, parse)


def _holes(
    folder: str, shards: Sequence[Shard], seed: int, lane: int, start: int
) -> tf.data.Dataset:
    """All encoded holes for ever, in the lane's own order."""

    def parse(serialized, epoch, chunk):
        return schema.parse_mask(serialized)["mask/encoded"]

    paths, order = shard_paths(folder, shards), Stream(seed, MASK_ORDER, lane)
    return shuffle_records(paths, count_records(shards), order, start, parse)


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
