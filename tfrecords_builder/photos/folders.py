"""Files of pictures, in folders and by globs."""

from collections.abc import Iterator

import tensorflow as tf

from ce_tf.errors import InputError
from ce_tf.images.folder import COMPANION
from tfrecords_builder.files import Reference

_WILD = "*?["


def find_files(place: str, endings: tuple[str, ...]) -> Iterator[Reference]:
    """Yields the files under a folder, or those that a glob names, sorted.

    A file's name in its source is its path below the folder, or below the part of the
    glob that has no wildcard.
    """
    root = place
    while any(sign in root for sign in _WILD) and not tf.io.gfile.exists(root):
        root = root.rpartition("/")[0] or ("/" if root.startswith("/") else ".")
    paths = [place] if root == place else sorted(tf.io.gfile.glob(place))
    for path in paths:
        if tf.io.gfile.isdir(path):
            yield from _walk(path.rstrip("/"), _below(path, root), endings)
        elif path.lower().endswith(endings):
            yield Reference(path, _below(path, root) or path.rpartition("/")[2])


def _walk(folder: str, below: str, endings: tuple[str, ...]) -> Iterator[Reference]:
    prefix = f"{below}/" if below else ""
    names = sorted(name.rstrip("/") for name in tf.io.gfile.listdir(folder))
    for name in names:
        path = f"{folder}/{name}"
        if name.startswith(COMPANION):
            continue
        # A picture's ending spares a question to the file system for each file.
        if name.lower().endswith(endings):
            yield Reference(path, prefix + name)
        elif tf.io.gfile.isdir(path):
            yield from _walk(path, prefix + name, endings)


def _below(path: str, root: str) -> str:
    return path.removeprefix(root).strip("/")


def at_least_one(
    found: Iterator[Reference], flag: str, endings: tuple[str, ...] = ()
) -> Iterator[Reference]:
    """Yields what was found. Raises InputError, naming the flag, if it is nothing."""
    empty = True
    for reference in found:
        empty = False
        yield reference
    if empty:
        kinds = f" with one of the endings {', '.join(endings)}" if endings else ""
        raise InputError(f"{flag}: no picture{kinds} was found there.")
