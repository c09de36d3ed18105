"""Files on this machine, and gs:// and the like through tf.io.gfile.

TensorFlow takes four seconds to import, longer than a worker packs ten thousand photos.
So it is imported where a path needs it, and what it raises becomes an OSError here.
(etils.epath, which TFDS brings, would import it late too. But a build of small photos
then takes 16 % more of the processor, of TensorFlow's file systems it knows only some,
and most of what TensorFlow raises comes through as it is.)
"""

import contextlib
import functools
import os
import stat
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from ce_tf.errors import InputError

# Else Windows changes line ends and stops at a byte 26.
_BINARY = getattr(os, "O_BINARY", 0)


@contextlib.contextmanager
def open_binary(path: str, mode: str = "rb") -> Iterator[Any]:
    """Opens a file to read or write bytes. Raises OSError, wherever it lies."""
    if _is_remote(path):
        import tensorflow as tf

        with _os_errors(path), tf.io.gfile.GFile(path, mode) as file:
            yield file
    else:
        with open(path, mode) as file:
            yield file


def read_file(path: str) -> bytes:
    """The content of a file of less than 2 GB. Raises OSError, wherever it lies."""
    if _is_remote(path):
        with open_binary(path) as file:
            return file.read()
    # Half of the time that `open(path)` takes, and a twentieth of a small photo's.
    descriptor = os.open(path, os.O_RDONLY | _BINARY)
    try:
        return os.read(descriptor, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)


def read_bytes(path: str | os.PathLike, what: str) -> bytes:
    """Reads a local file; `what` says in errors which input it is.

    Raises:
        InputError: it cannot be read, or is empty.
    """
    try:
        data = read_file(os.fspath(path))
    except OSError as error:
        raise InputError(f"{what} {path}: {reason(error)}.") from None
    if not data:
        raise InputError(f"{what} {path} is empty (0 bytes).")
    return data


def write_bytes(path: str | os.PathLike, data: bytes, advice: str = "") -> None:
    """Writes a file whole or not at all; see `written_whole`."""
    with written_whole(path, advice) as temporary, open_binary(temporary, "wb") as file:
        file.write(data)


@contextlib.contextmanager
def written_whole(path: str | os.PathLike, advice: str = "") -> Iterator[str]:
    """Gives a temporary path to write, and renames it to `path` at the end.

    A file under its own name is therefore always complete, whenever the process is
    killed; what is then left over ends in `.tmp`. One that was there leaves its mode
    and its owner.

    Args:
        path: where the file shall be.
        advice: what the user may do when that fails; ends the message.

    Raises:
        InputError: the place cannot be written.
    """
    path = os.fspath(path)
    if not _is_remote(path):
        path = os.path.realpath(path)  # a link stays one, and what it names is written
    # Not longer than the name itself, which may be as long as names can be.
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f"{name[:40]}.{uuid.uuid4().hex[:8]}.tmp")
    replace, remove = _replace_and_remove(path)
    try:
        with _os_errors(path):
            try:
                yield temporary
                replace(temporary, path)
            except BaseException:
                with contextlib.suppress(Exception):
                    remove(temporary)
                raise
    except OSError as error:
        raise InputError(f"cannot write {path}: {reason(error)}.{advice}") from None


def reason(error: Exception) -> str:
    """What went wrong with a file, in a few words."""
    return getattr(error, "strerror", None) or str(error)


def _is_remote(path: str) -> bool:
    """Whether only tf.io.gfile can reach it."""
    return "://" in path


def _replace_and_remove(path: str) -> tuple[Callable, Callable]:
    """What renames over a file, and what removes one, where `path` lies."""
    if not _is_remote(path):
        return _replace_alike, os.remove
    import tensorflow as tf

    return functools.partial(tf.io.gfile.rename, overwrite=True), tf.io.gfile.remove


def _replace_alike(source: str, target: str) -> None:
    """Renames over a file, which leaves its mode and, where it may, its owner."""
    with contextlib.suppress(OSError):
        before = os.stat(target)
        os.chmod(source, stat.S_IMODE(before.st_mode))
        if hasattr(os, "chown"):  # Windows has none
            os.chown(source, before.st_uid, before.st_gid)
    os.replace(source, target)


@contextlib.contextmanager
def _os_errors(path: str) -> Iterator[None]:
    """Raises an OSError where TensorFlow raises one of its own, for a remote path."""
    if not _is_remote(path):
        yield
        return
    import tensorflow as tf

    try:
        yield
    except tf.errors.OpError as error:
        missing = isinstance(error, tf.errors.NotFoundError)
        # TensorFlow says "path; what is wrong".
        plain = error.message.rpartition("; ")[2]
        raise (FileNotFoundError if missing else OSError)(None, plain, path) from None
    except UnicodeDecodeError as error:  # of a name, or of a message about one
        raise OSError(None, str(error), path) from None
