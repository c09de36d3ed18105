"""TensorFlow and LiteRT without the notes on themselves that they write on stderr."""

import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from ce_tf.extras import require_extra

# Notes at information level, TensorFlow's and LiteRT's, and the line that introduces
# them. No environment variable silences those of TensorFlow 2.21 and LiteRT 2.3.
_NOTE = re.compile(rb"^(I\d{4} .*|INFO: .*|WARNING: All log messages before .*|)$")
_NO_GPU = re.compile(rb"^E\d{4} .*failed call to cuInit")
# Stderr is one for all threads.
_ONE_AT_A_TIME = threading.RLock()


def import_tensorflow(user: str = "this") -> None:
    """Imports TensorFlow, and has Keras run on it, whatever the user's settings say.

    Of what TensorFlow writes on stderr, the notes are left out.

    Args:
        user: what needs it, as the first words of an error.

    Raises:
        InputError: it is not installed, or something else that goes with it.
    """
    require_extra("train", user)
    if "keras" not in sys.modules:
        # KERAS_BACKEND, and keras.json in the user's home, are for other programs.
        os.environ["KERAS_BACKEND"] = "tensorflow"
        os.environ["KERAS_HOME"] = os.devnull
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with without_notes():
        import tensorflow as tf

        tf.config.list_physical_devices("GPU")


@contextmanager
def without_notes() -> Iterator[None]:
    """Holds back what is written on stderr, and leaves out the notes.

    For short work alone, an import or the loading of a model: what crashes meanwhile
    takes its last words with it.
    """
    with _ONE_AT_A_TIME, ExitStack() as stack:
        try:
            written = stack.enter_context(tempfile.TemporaryFile())
            terminal = os.dup(2)
        except OSError:  # no place for it, or stderr is closed
            yield
            return
        _flush()
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            _flush()
            os.dup2(terminal, 2)
            os.close(terminal)
            written.seek(0)
            lines = written.read().split(b"\n")
            shown = [line for line in lines if not _is_note(line)]
            if shown:
                os.write(2, b"\n".join(shown) + b"\n")


def _flush() -> None:
    if sys.stderr is not None:  # as it is where there is no terminal
        sys.stderr.flush()


def _is_note(line: bytes) -> bool:
    """Where there is a GPU driver, that it failed to start is no mere note."""
    has_driver = os.path.exists("/proc/driver/nvidia")
    return bool(_NOTE.match(line) or (not has_driver and _NO_GPU.match(line)))
