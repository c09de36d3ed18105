"""Reads and writes TFRecord files without TensorFlow, whose import takes four seconds.

A record is its length (8 bytes, little endian), that length's checksum (4), the data,
and the data's checksum (4). A checksum is CRC-32C, masked: turned by 15 bits, plus a
constant (TensorFlow's core/lib/io/record_writer.h, core/lib/hash/crc32c.h).
"""

import hashlib
import os
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import google_crc32c

from ce_tf.errors import InputError

_MASK = 0xA282EAD8
_LENGTH, _CHECKSUM = 8, 4  # bytes
_OVERHEAD = _LENGTH + 2 * _CHECKSUM
_AT_ONCE = 1 << 17  # bytes gathered before they are written


def write_records(file: BinaryIO, records: Iterable[bytes]) -> tuple[int, int, str]:
    """Writes records to a file open for it, which takes all that it is given.

    Returns:
        How many there were, how many bytes the file has, and its sha256 (hex).
    """
    count = size = 0
    digest = hashlib.sha256()
    block = bytearray()
    for record in records:
        length = struct.pack("<Q", len(record))
        block += length
        block += _checksum(length)
        block += record
        block += _checksum(record)
        count += 1
        if len(block) >= _AT_ONCE:
            size += _flush(file, block, digest)
    size += _flush(file, block, digest)
    return count, size, digest.hexdigest()


def read_record(file: BinaryIO, offset: int) -> bytes:
    """The record that begins at `offset`.

    Raises:
        InputError: it ends early, or a checksum says that it was damaged.
    """
    file.seek(offset)
    return _read(file, _read_length(file, offset), offset)


def record_offsets(file: BinaryIO) -> Iterator[int]:
    """Where each record begins. Only the lengths are read, and checked.

    Raises:
        InputError: the file ends early, or a length was damaged.
    """
    file.seek(0, os.SEEK_END)
    end, offset = file.tell(), 0
    while offset < end:
        file.seek(offset)
        start, offset = offset, offset + _read_length(file, offset) + _OVERHEAD
        if offset > end:
            raise _damaged(file, start)
        yield start


def _read_length(file: BinaryIO, offset: int) -> int:
    return struct.unpack("<Q", _read(file, _LENGTH, offset))[0]


def _read(file: BinaryIO, size: int, offset: int) -> bytes:
    """The next `size` bytes, and checks them, of the record at `offset`."""
    data, checksum = file.read(size), file.read(_CHECKSUM)
    if len(data) < size or checksum != _checksum(data):
        raise _damaged(file, offset)
    return data


def _damaged(file: BinaryIO, offset: int) -> InputError:
    return InputError(
        f"{file.name}: the record at byte {offset} is damaged or cut short. Get or "
        "build that file anew."
    )


def _flush(file: BinaryIO, block: bytearray, digest: "hashlib._Hash") -> int:
    size = len(block)
    digest.update(block)
    file.write(bytes(block))
    block.clear()
    return size


def _checksum(data: bytes) -> bytes:
    crc = google_crc32c.value(data)
    turned = (crc >> 15) | (crc << 17)
    return struct.pack("<I", (turned + _MASK) & 0xFFFFFFFF)
