"""Imports TensorFlow without the notes on itself that it writes to the terminal."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

# Notes at information level, and the line that introduces them. No environment
# variable silences those of TensorFlow 2.21.
_NOTE = re.compile(rb"^(I\d{4} .*|WARNING: All log messages before .*|)$")
_NO_GPU = re.compile(rb"^E\d{4} .*failed call to cuInit")


def import_tensorflow() -> None:
    """Imports TensorFlow, and has Keras run on it, whatever the user's settings say.

    Of what TensorFlow writes on stderr, the notes are left out.
    """
    if "keras" not in sys.modules:
        # KERAS_BACKEND, and keras.json in the user's home, are for other programs.
        os.environ["KERAS_BACKEND"] = "tensorflow"
        os.environ["KERAS_HOME"] = os.devnull
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _without_notes():
        import tensorflow as tf

        tf.config.list_physical_devices("GPU")


@contextmanager
def _without_notes() -> Iterator[None]:
    """Holds back what is written on stderr, and leaves out the notes.

    For an import alone: what crashes meanwhile takes its last words with it.
    """
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)
            written.seek(0)
            lines = written.read().split(b"\n")
            shown = [line for line in lines if not _is_note(line)]
            if shown:
                os.write(2, b"\n".join(shown) + b"\n")


def _is_note(line: bytes) -> bool:
    """Where there is a GPU driver, that it failed to start is no mere note."""
    has_driver = os.path.exists("/proc/driver/nvidia")
    return bool(_NOTE.match(line) or (not has_driver and _NO_GPU.match(line)))
