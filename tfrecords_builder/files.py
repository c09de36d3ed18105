"""Files of a build, all through tf.io.gfile, so that gs:// paths work too."""

import contextlib
import dataclasses
import hashlib
import json
import struct
import uuid
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import tensorflow as tf

from ce_tf.errors import InputError

join = tf.io.gfile.join
# What reading or writing a file can raise, here and in TensorFlow.
FILE_ERRORS = (OSError, tf.errors.OpError, UnicodeDecodeError)


@dataclasses.dataclass(frozen=True, slots=True)
class Reference:
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
        """The picture's bytes. Raises one of FILE_ERRORS."""
        if self.offset < 0:
            with open_binary(self.path) as file:
                return file.read()
        example = tf.train.Example.FromString(read_record(self.path, self.offset))
        return example.features.feature[self.feature].bytes_list.value[0]


def open_binary(path: str) -> Any:
    """Opens a file to read its bytes. Raises one of FILE_ERRORS, here or later."""
    if "://" in path:
        return tf.io.gfile.GFile(path, "rb")
    # Half of gfile's time, which tells with millions of small photos.
    return open(path, "rb", buffering=0)


# A record is its length (8 bytes), that length's checksum (4), the data, and the
# data's checksum (4).
_HEADER, _FOOTER = 12, 4


def read_record(path: str, offset: int) -> bytes:
    """The record that begins at `offset` of a TFRecord file."""
    with open_binary(path) as file:
        file.seek(offset)
        (length,) = struct.unpack("<Q", file.read(_HEADER)[:8])
        return file.read(length)


def record_offsets(path: str) -> Iterator[int]:
    """Where each record of a TFRecord file begins; only the lengths are read."""
    end, offset = tf.io.gfile.stat(path).length, 0
    with open_binary(path) as file:
        while offset < end:
            yield offset
            file.seek(offset)
            (length,) = struct.unpack("<Q", file.read(_HEADER)[:8])
            offset += _HEADER + length + _FOOTER


def exists(path: str) -> bool:
    """Whether there is such a file or folder."""
    return tf.io.gfile.exists(path)


def read_json(path: str) -> Any:
    """The content of a JSON file; None where there is no such (whole) file."""
    try:
        with tf.io.gfile.GFile(path) as file:
            return json.loads(file.read())
    except (tf.errors.NotFoundError, ValueError):
        return None


def write_json(path: str, content: Any) -> None:
    """Writes a JSON file whole or not at all. Raises InputError."""
    with written_whole(path) as temporary, tf.io.gfile.GFile(temporary, "w") as file:
        file.write(json.dumps(content))


def write_png(path: str, image: np.ndarray) -> None:
    """Writes BGR uint8 [height, width, 3] as PNG, whole or not at all."""
    data = cv2.imencode(".png", image)[1].tobytes()
    with written_whole(path) as temporary, tf.io.gfile.GFile(temporary, "wb") as file:
        file.write(data)


@contextlib.contextmanager
def written_whole(path: str) -> Iterator[str]:
    """Gives a temporary path to write, and renames it to `path` at the end.

    A file under its own name is therefore always complete, whenever the process is
    killed. Raises InputError where the place cannot be written.
    """
    temporary = f"{path}.{uuid.uuid4().hex[:8]}.tmp"
    try:
        yield temporary
        tf.io.gfile.rename(temporary, path, overwrite=True)
    except FILE_ERRORS as error:
        with contextlib.suppress(*FILE_ERRORS):
            tf.io.gfile.remove(temporary)
        raise InputError(
            f"cannot write {path}: {reason(error)}. Finished shards are kept: make "
            "room or give another --out, and run the same command again."
        ) from None


def reason(error: Exception) -> str:
    """What went wrong with a file, in a few words."""
    if isinstance(error, tf.errors.OpError):
        # TensorFlow says "path; what is wrong".
        return error.message.rpartition("; ")[2]
    return getattr(error, "strerror", None) or str(error)


def make_folder(path: str) -> None:
    """Makes a folder and those above it. Raises InputError."""
    try:
        tf.io.gfile.makedirs(path)
    except FILE_ERRORS as error:
        raise InputError(f"--out: cannot make {path}: {reason(error)}.") from None


def sha256_of(path: str) -> str:
    """The hex sha256 of a file's content."""
    digest = hashlib.sha256()
    with open_binary(path) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
