import hashlib

import pytest
import tensorflow as tf

from ce_tf.errors import InputError
from ce_tf.records.example import Example
from ce_tf.records.tfrecord import read_record, record_offsets, write_records


@pytest.mark.parametrize("length", [0, 1, 1000, 3_000_000])
def test_files_are_tensorflows_to_the_byte(tmp_path, length):
    records = [bytes([number]) * length for number in range(3)]
    path, theirs = tmp_path / "ours", tmp_path / "theirs"
    with path.open("wb") as file:
        count, size, digest = write_records(file, records)
    with tf.io.TFRecordWriter(str(theirs)) as writer:
        for record in records:
            writer.write(record)
    data = path.read_bytes()
    assert data == theirs.read_bytes()
    assert (count, size) == (3, len(data))
    assert digest == hashlib.sha256(data).hexdigest()


RECORDS = [b"first", b"", b"third" * 9]


@pytest.fixture
def written(tmp_path):
    """A file of RECORDS that TensorFlow wrote."""
    path = tmp_path / "a.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in RECORDS:
            writer.write(record)
    return path


def read_all(path) -> list[bytes]:
    with path.open("rb") as file:
        offsets = list(record_offsets(file))
        return [read_record(file, offset) for offset in reversed(offsets)][::-1]


def test_records_are_found_and_read(written):
    assert read_all(written) == RECORDS
    written.write_bytes(b"")
    assert read_all(written) == []


def test_whatever_byte_is_damaged_is_noticed(written):
    data = written.read_bytes()
    starts = [0, 16 + len(RECORDS[0]), 32 + len(RECORDS[0])]
    for place in range(len(data)):
        written.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        start = max(start for start in starts if start <= place)
        with pytest.raises(InputError, match=f"tfrecord: .* at byte {start} is damage"):
            read_all(written)


def test_a_file_that_ends_early_is_noticed(written):
    data = written.read_bytes()
    whole = {0, 16 + len(RECORDS[0]), 32 + len(RECORDS[0])}
    for size in set(range(len(data))) - whole:
        written.write_bytes(data[:size])
        with pytest.raises(InputError, match="damaged or cut short"):
            read_all(written)


def test_an_example_has_tensorflows_bytes():
    made = []
    for kind in (Example, tf.train.Example):
        example = kind()
        features = example.features.feature
        features["text"].bytes_list.value.append(b"abc")
        features["whole"].int64_list.value.extend([-1, 2**40])
        features["part"].float_list.value.extend([0.25, 1e30])
        made.append(example.SerializeToString(deterministic=True))
    assert made[0] == made[1]
    assert Example.FromString(made[1]).features.feature["whole"].int64_list.value == [
        -1,
        2**40,
    ]
