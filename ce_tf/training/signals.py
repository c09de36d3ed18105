"""Ctrl-C, SIGTERM and a closed terminal as a request: a loop ends between two steps."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from typing import Any, TextIO

# A terminal that is closed sends SIGHUP, where there is such a signal.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


@contextlib.contextmanager
def stop_requests() -> Iterator[list[int]]:
    """Collects these signals instead of obeying them; yields the list of them.

    Outside the main thread, where Python handles no signals, the list stays empty.
    """
    received: list[int] = []

    def note(number: int, frame: object) -> None:
        received.append(number)

    before = {}
    for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
        try:
            before[number] = signal.signal(number, note)
        except ValueError:
            break
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def go_on_unheard() -> None:
    """Lets the process go on when nobody reads its output any more.

    The terminal or the program behind a pipe may be gone long before a run ends; what
    is said then is lost, and the run is not.
    """
    sys.stdout, sys.stderr = _Unheard(sys.stdout), _Unheard(sys.stderr)


class _Unheard:
    """A text stream whose errors are no reason to stop."""

    def __init__(self, stream: TextIO):
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
