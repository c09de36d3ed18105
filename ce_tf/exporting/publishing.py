"""An export stands under its name only once all of it has been compared."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tensorflow as tf

from ce_tf.errors import InputError
from ce_tf.exporting.formats import FORMATS
from ce_tf.training.weights import FILES

CARD = "model_card.json"
REPORT = "report.md"
_OURS = {*FILES, CARD, REPORT, *(format.file for format in FORMATS.values())}


@contextmanager
def publish(out: Path) -> Iterator[Path]:
    """Gives an empty folder; what it holds at the end becomes `out`.

    Where anything fails before, it is deleted and an earlier `out` stays as it was.

    Args:
        out: a folder that does not exist, is empty, or holds an earlier export.

    Raises:
        InputError: it holds something else, or it cannot be written there.
    """
    _check(out)
    temporary, old = (out.with_name(out.name + end) for end in (".tmp", ".old"))
    try:
        if old.exists() and not out.exists():  # an earlier rename was cut off
            old.replace(out)
        for left in (temporary, old):
            shutil.rmtree(left, ignore_errors=True)
        temporary.mkdir(parents=True)
        yield temporary
        if out.exists():
            out.replace(old)
        temporary.replace(out)
        shutil.rmtree(old, ignore_errors=True)
    except (OSError, tf.errors.OpError) as error:
        raise InputError(f"cannot write {out}: {_line(error)}.") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def megabytes(path: Path) -> float:
    """Size of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def _check(out: Path) -> None:
    try:
        names = {path.name for path in out.iterdir()} if out.exists() else set()
    except OSError as error:
        raise InputError(f"cannot write {out}: {_line(error)}.") from None
    if others := sorted(names - _OURS):
        raise InputError(
            f"--out={out} holds {others[0]}, which no export writes, and an export "
            "replaces its folder. Give a new or empty one."
        )


def _line(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error).splitlines()[0]
