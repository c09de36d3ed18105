"""Files of a build: gs:// and the like through tf.io.gfile, this machine's directly.

TensorFlow takes four seconds to import, longer than a worker packs ten thousand photos.
So it is imported where a path needs it, and what it raises becomes an OSError here.
"""

import contextlib
import hashlib
import json
import os
import struct
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np

from ce_tf.errors import InputError
from ce_tf.records.example import Example

# What reading or writing a file can raise.
FILE_ERRORS = (OSError, UnicodeDecodeError)


def join(*parts: str) -> str:
    """A path below another, on this machine or elsewhere."""
    return os.path.join(*parts)


def is_remote(path: str) -> bool:
    """Whether `path` is gs:// or the like, which only tf.io.gfile can reach."""
    return "://" in path


def gfile() -> Any:
    """tf.io.gfile."""
    import tensorflow as tf

    return tf.io.gfile


@contextlib.contextmanager
def os_errors(path: str) -> Iterator[None]:
    """Raises an OSError where TensorFlow raises one of its own, for a remote path."""
    if not is_remote(path):
        yield
        return
    import tensorflow as tf

    try:
        yield
    except tf.errors.NotFoundError as error:
        raise FileNotFoundError(None, _plain(error), path) from None
    except tf.errors.OpError as error:
        raise OSError(None, _plain(error), path) from None


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
        """The picture's bytes. Raises one of FILE_ERRORS."""
        if self.offset < 0:
            return _read(self.path)
        example = Example.FromString(read_record(self.path, self.offset))
        return example.features.feature[self.feature].bytes_list.value[0]


def open_binary(path: str, mode: str = "rb") -> Any:
    """Opens a file to read or write bytes; errors of remote ones are TensorFlow's."""
    if is_remote(path):
        return gfile().GFile(path, mode)
    # Unbuffered: a photo is read at once, and records are gathered before they go.
    return open(path, mode, buffering=0)


def _read(path: str) -> bytes:
    if is_remote(path):
        with os_errors(path), open_binary(path) as file:
            return file.read()
    # Two thirds of the time of `open(path)`, which tells with millions of small photos.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        rest = os.fstat(descriptor).st_size
        parts = []
        while rest and (part := os.read(descriptor, rest)):
            parts.append(part)
            rest -= len(part)
    finally:
        os.close(descriptor)
    return parts[0] if len(parts) == 1 else b"".join(parts)


# A record is its length (8 bytes), that length's checksum (4), the data, and the
# data's checksum (4).
_HEADER, _FOOTER = 12, 4


def read_record(path: str, offset: int) -> bytes:
    """The record that begins at `offset` of a TFRecord file."""
    with os_errors(path), open_binary(path) as file:
        file.seek(offset)
        (length,) = struct.unpack("<Q", file.read(_HEADER)[:8])
        return file.read(length)


def record_offsets(path: str) -> Iterator[int]:
    """Where each record of a TFRecord file begins; only the lengths are read."""
    end, offset = size_of(path), 0
    with os_errors(path), open_binary(path) as file:
        while offset < end:
            yield offset
            file.seek(offset)
            (length,) = struct.unpack("<Q", file.read(_HEADER)[:8])
            offset += _HEADER + length + _FOOTER


def exists(path: str) -> bool:
    """Whether there is such a file or folder."""
    return gfile().exists(path) if is_remote(path) else os.path.exists(path)


def size_of(path: str) -> int:
    """A file's length in bytes. Raises one of FILE_ERRORS."""
    if is_remote(path):
        with os_errors(path):
            return gfile().stat(path).length
    return os.path.getsize(path)


def read_json(path: str) -> Any:
    """The content of a JSON file; None where there is no such (whole) file."""
    return read_hashed_json(path)[0]


def read_hashed_json(path: str) -> tuple[Any, str]:
    """The content of a JSON file, as `read_json`, and the sha256 (hex) of its bytes."""
    try:
        with os_errors(path), open_binary(path) as file:
            data = file.read()
        return json.loads(data), hashlib.sha256(data).hexdigest()
    except (FileNotFoundError, ValueError):
        return None, ""


def write_json(path: str, content: Any) -> str:
    """Writes a JSON file whole or not at all; the sha256 (hex) of its bytes.

    Raises:
        InputError: it cannot be written.
    """
    data = json.dumps(content).encode()
    _write(path, data)
    return hashlib.sha256(data).hexdigest()


def write_png(path: str, image: np.ndarray) -> None:
    """Writes BGR uint8 [height, width, 3] as PNG, whole or not at all."""
    _write(path, cv2.imencode(".png", image)[1].tobytes())


def _write(path: str, data: bytes) -> None:
    with written_whole(path) as temporary, open_binary(temporary, "wb") as file:
        file.write(data)


@contextlib.contextmanager
def written_whole(path: str) -> Iterator[str]:
    """Gives a temporary path to write, and renames it to `path` at the end.

    A file under its own name is therefore always complete, whenever the process is
    killed. Raises InputError where the place cannot be written.
    """
    temporary = f"{path}.{uuid.uuid4().hex[:8]}.tmp"
    try:
        with os_errors(path):
            yield temporary
            if is_remote(path):
                gfile().rename(temporary, path, overwrite=True)
            else:
                os.replace(temporary, path)
    except FILE_ERRORS as error:
        with contextlib.suppress(*FILE_ERRORS), os_errors(path):
            gfile().remove(temporary) if is_remote(path) else os.remove(temporary)
        raise InputError(
            f"cannot write {path}: {reason(error)}. Finished shards are kept: make "
            "room or give another --out, and run the same command again."
        ) from None


def reason(error: Exception) -> str:
    """What went wrong with a file, in a few words."""
    return getattr(error, "strerror", None) or str(error)


def make_folder(path: str) -> None:
    """Makes a folder and those above it. Raises InputError."""
    try:
        with os_errors(path):
            gfile().makedirs(path) if is_remote(path) else os.makedirs(
                path, exist_ok=True
            )
    except FILE_ERRORS as error:
        raise InputError(f"--out: cannot make {path}: {reason(error)}.") from None


def _plain(error: Exception) -> str:
    """TensorFlow says "path; what is wrong"."""
    return error.message.rpartition("; ")[2]
