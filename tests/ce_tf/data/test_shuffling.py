import itertools

import pytest
import tensorflow as tf

from ce_tf.data.seeds import Stream
from ce_tf.data.shuffling import count_records, deal_shards, shuffle_records
from ce_tf.errors import InputError
from ce_tf.records.manifest import Shard, read_manifest, shard_paths


def make_shards(*records: int) -> list[Shard]:
    return [Shard(f"s{i}", count, 1, "") for i, count in enumerate(records)]


def test_an_epoch_holds_each_record_once_in_an_order_of_its_own(shards):
    split = read_manifest(shards).splits["train"].images
    paths = shard_paths(shards, split)
    stored = list(tf.data.TFRecordDataset(paths).as_numpy_iterator())
    stream = shuffle_records(
        paths, len(stored), Stream(0, 0), 0, lambda records, *_: records
    ).as_numpy_iterator()
    first, second = (list(itertools.islice(stream, len(stored))) for _ in range(2))
    assert sorted(first) == sorted(second) == sorted(stored)
    assert len({tuple(order) for order in (first, second, stored)}) == 3


def test_a_stream_starts_in_the_middle_of_a_later_chunk(shards, monkeypatch):
    monkeypatch.setattr("ce_tf.data.shuffling._SHUFFLE", 5)
    split = read_manifest(shards).splits["train"].images
    count = count_records(split)

    def read(start: int) -> list[bytes]:
        stream = shuffle_records(
            shard_paths(shards, split), count, Stream(3, 1), start, lambda r, *_: r
        )
        return list(itertools.islice(stream.as_numpy_iterator(), 12))

    whole = read(0) + read(12)
    for start in (1, 7, 11):
        assert read(start) == whole[start : start + 12]
    assert read(count + 2)[:4] != whole[2:6]


def test_streams_share_no_key():
    keys = {
        tuple(Stream(seed, number, lane).key(epoch, chunk).numpy().tolist())
        for seed, number, lane, epoch, chunk in itertools.product(*[range(3)] * 5)
    }
    assert len(keys) == 3**5


@pytest.mark.parametrize(
    ("records", "batch_size", "hosts", "lanes"),
    [
        ([100] * 10, 32, 1, 2),
        ([100] * 16, 32, 1, 16),
        ([100] * 16, 32, 4, 16),
        ([100] * 7, 32, 1, 1),
        ([100, 100, 50, 50], 8, 1, 2),
        ([100] * 40, 120, 20, 20),
    ],
)
def test_shards_are_dealt_out_evenly(records, batch_size, hosts, lanes):
    dealt = deal_shards(make_shards(*records), batch_size, hosts)
    assert len(dealt) == lanes
    lengths = [count_records(lane) for lane in dealt]
    assert max(lengths) <= 1.1 * min(lengths)
    assert sum(lengths) == sum(records)


def test_too_few_shards_are_refused_with_the_number_that_would_do():
    with pytest.raises(InputError, match="--min_shards=20"):
        deal_shards(make_shards(50, 50), 32, 4)
