"""Ctrl-C and SIGTERM as a request, so that a loop ends between two steps."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stop_requests() -> Iterator[list[int]]:
    """Collects SIGINT and SIGTERM instead of obeying them; yields the list of those.

    Outside the main thread, where Python handles no signals, the list stays empty.
    """
    received: list[int] = []

    def note(number: int, frame: object) -> None:
        received.append(number)

    before = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            before[number] = signal.signal(number, note)
        except ValueError:
            break
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
