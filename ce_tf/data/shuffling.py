"""Who reads which shards, and in which order: lanes that do not depend on the hosts.

The picture shards are dealt out to lanes. A global batch takes its pictures from the
lanes in turn, whatever the number of hosts: one host runs all lanes, each of two hosts
runs half of them. So a host reads its own shards alone, and yet two hosts see together
exactly what one would have seen.

Within a lane the order follows from (seed, epoch, lane) alone, so that a stream can
start at any example.
"""

from collections.abc import Callable, Sequence

import tensorflow as tf

from ce_tf.data.seeds import Stream
from ce_tf.errors import InputError
from ce_tf.records.manifest import Shard

# Records of a lane that are shuffled at a time, still encoded: some 10 KB each. In
# chunks, each from (seed, epoch, chunk): `Dataset.shuffle` cannot start in the middle.
_SHUFFLE = 8192
_READ_AT_ONCE = 16
_MOST_LANES = 16
# The longest lane may hold this much more than the shortest, for a picture in a short
# lane is shown more often.
_IMBALANCE = 1.1


def deal_shards(
    shards: Sequence[Shard], batch_size: int, hosts: int
) -> list[tuple[Shard, ...]]:
    """Deals the picture shards out to lanes of about equal length.

    There are as many lanes as divide the batch and come out even, at most 16, and a
    multiple of `hosts`.

    Args:
        shards: of one split.
        batch_size: pictures in a global batch.
        hosts: how many read.

    Returns:
        The shards of each lane.

    Raises:
        InputError: the shards cannot be dealt out evenly to so many hosts.
    """
    for count in range(max(_MOST_LANES, hosts), 0, -1):
        if count % hosts or batch_size % count or count > len(shards):
            continue
        lanes: list[list[Shard]] = [[] for _ in range(count)]
        for shard in sorted(shards, key=lambda shard: (-shard.records, shard.name)):
            min(lanes, key=count_records).append(shard)
        lengths = [count_records(lane) for lane in lanes]
        if max(lengths) <= _IMBALANCE * min(lengths):
            return [tuple(sorted(lane, key=lambda s: s.name)) for lane in lanes]
    raise InputError(
        f"{len(shards)} picture shards cannot be shared evenly by {hosts} hosts at "
        f"--batch_size={batch_size}. Build with --min_shards={5 * hosts} and take a "
        f"--batch_size that {hosts} divides."
    )


def count_records(shards: Sequence[Shard]) -> int:
    """The records of some shards together."""
    return sum(shard.records for shard in shards)


def shuffle_records(
    paths: Sequence[str], count: int, stream: Stream, start: int, parse: Callable
) -> tf.data.Dataset:
    """The records of some files for ever, from `start` on, each epoch in a new order.

    Args:
        paths: of the TFRecord files.
        count: how many records they hold together.
        stream: of the order.
        start: how many records to pass over.
        parse: from serialized records, string [N], and the chunk's place (epoch and
            number, int64) to tensors of N rows; called on shuffled chunks.

    Returns:
        A data set of single rows of what `parse` gives.
    """

    first_epoch, passed = divmod(start, count)
    first_chunk, passed = divmod(passed, _SHUFFLE)

    def read(epoch: tf.Tensor) -> tf.data.Dataset:
        order = stream.key(epoch)
        shuffled = _shuffle(list(paths), order)
        records = tf.data.Dataset.from_tensor_slices(shuffled).interleave(
            tf.data.TFRecordDataset,
            cycle_length=min(_READ_AT_ONCE, len(paths)),
            num_parallel_calls=tf.data.AUTOTUNE,
            deterministic=True,
        )
        # Chunks that were seen before are passed over unshuffled and unparsed.
        skip = tf.where(epoch == first_epoch, tf.constant(first_chunk, tf.int64), 0)
        chunks = records.batch(_SHUFFLE).enumerate().skip(skip)
        return chunks.map(lambda number, records: shuffle(epoch, number, records))

    def shuffle(epoch, number, records):
        key = stream.key(epoch, number + 1)
        return parse(_shuffle(records, key), epoch, number)

    epochs = tf.data.Dataset.range(first_epoch, tf.int64.max)
    return epochs.flat_map(read).unbatch().skip(passed)


def _shuffle(values: tf.Tensor | list[str], key: tf.Tensor) -> tf.Tensor:
    # TensorFlow's type stubs do not know it.
    return tf.random.experimental.stateless_shuffle(values, key)  # pyright: ignore
