import hashlib

import pytest
import tensorflow as tf

from ce_tf.records.example import Example
from ce_tf.records.tfrecord import write_records


@pytest.mark.parametrize("length", [0, 1, 1000, 3_000_000])
def test_files_are_tensorflows_to_the_byte(tmp_path, length):
    records = [bytes([number]) * length for number in range(3)]
    path, theirs = tmp_path / "ours", tmp_path / "theirs"
    with path.open("wb", buffering=0) as file:
        count, size, digest = write_records(file, records)
    with tf.io.TFRecordWriter(str(theirs)) as writer:
        for record in records:
            writer.write(record)
    data = path.read_bytes()
    assert data == theirs.read_bytes()
    assert (count, size) == (3, len(data))
    assert digest == hashlib.sha256(data).hexdigest()


def test_a_file_that_takes_a_part_at_a_time_gets_all():
    class Slow(bytearray):
        def write(self, data: bytes) -> int:
            self.extend(data[:7])
            return min(7, len(data))

    slow = Slow()
    _, size, digest = write_records(slow, [b"a" * 100, b"b"])
    assert (size, digest) == (len(slow), hashlib.sha256(slow).hexdigest())


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
