"""Pictures where they lie, and the JSON files by which the jobs of a build speak."""

import hashlib
import json
from typing import Any, NamedTuple

from ce_tf.errors import InputError
from ce_tf.files import open_binary, read_file, reason, write_bytes
from ce_tf.records.example import Example
from ce_tf.records.tfrecord import read_record

# Ends the message where a file of a build cannot be written.
ADVICE = (
    " Finished shards are kept: make room or give another --out, and run the same "
    "command again."
)


class UnusableError(Exception):
    """The reason why a file is left out, in a few words."""


# A named tuple is made in a quarter of a frozen dataclass's time, and each photo's is
# made three times: as it is found, scanned and packed.
class Reference(NamedTuple):
    """Where the bytes of one encoded picture are.

    Attributes:
        path: the file.
        name: the picture's name within its source, as it will stand in records.
        offset: -1: the bytes are the whole file. Otherwise the file is a TFRecord
            file, and here begins the record that holds the picture.
        feature: which feature of that record (a tf.train.Example) it is.
    """

    path: str
    name: str
    offset: int = -1
    feature: str = ""

    def read(self) -> bytes:
        """The picture's bytes. Raises UnusableError: damaged, empty or unreadable."""
        try:
            if self.offset < 0:
                data = read_file(self.path)
            else:
                data = read_feature(self.path, self.offset, self.feature)
        except OSError as error:
            raise UnusableError(f"cannot be read: {reason(error)}") from None
        except InputError:
            raise UnusableError("in a damaged record") from None
        if not data:
            raise UnusableError("empty file")
        return data


def read_feature(path: str, offset: int, feature: str) -> bytes:
    """The bytes in one feature of the example that begins there in a TFRecord file.

    Raises:
        OSError: the file cannot be read.
        InputError: the record is damaged.
    """
    with open_binary(path) as file:
        example = Example.FromString(read_record(file, offset))
    return example.features.feature[feature].bytes_list.value[0]


def read_json(path: str) -> Any:
    """The content of a JSON file; None where there is no such (whole) file."""
    return read_hashed_json(path)[0]


def read_hashed_json(path: str) -> tuple[Any, str]:
    """The content of a JSON file, as `read_json`, and the sha256 (hex) of its bytes."""
    try:
        data = read_file(path)
        return json.loads(data), hashlib.sha256(data).hexdigest()
    except (FileNotFoundError, ValueError):
        return None, ""


def write_json(path: str, content: Any) -> str:
    """Writes a JSON file whole or not at all; the sha256 (hex) of its bytes.

    Raises:
        InputError: it cannot be written.
    """
    data = json.dumps(content).encode()
    write_bytes(path, data, ADVICE)
    return hashlib.sha256(data).hexdigest()
