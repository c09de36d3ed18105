import ctypes
import os
import platform
import subprocess
import sys

import pytest

from ce_tf.page import allocator

# Four threads each take 40 MB in blocks and free all but the last. Prints how many MB
# are still held, and then glibc's own account of its heaps.
_WORK = """
import ctypes, threading
import psutil
from ce_tf.page import allocator
{before}
def resident():
    return psutil.Process().memory_info().rss / 1e6
def work():
    blocks = [b"x" * 100_000 for _ in range(400)]
    kept.append(blocks.pop())
    taken.wait()
kept, taken, held = [], threading.Barrier(4), resident()
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
{after}
print(resident() - held)
ctypes.CDLL(None).malloc_stats()
"""
# What of these is set decides about memory before we do.
_OTHERS = ("LD_PRELOAD", "GLIBC_TUNABLES", "MALLOC_ARENA_MAX", "MALLOC_TRIM_THRESHOLD_")

on_glibc = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="nothing is done elsewhere"
)


def run(before: str = "", after: str = "") -> tuple[float, int]:
    """MB that are held, and the number of heaps."""
    code = _WORK.format(before=before, after=after)
    command = [sys.executable, "-c", code]
    own = {name: value for name, value in os.environ.items() if name not in _OTHERS}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=own)
    return float(done.stdout), done.stderr.count("Arena ")


@on_glibc
def test_freed_memory_is_returned():
    assert run()[0] > 100
    assert run(after="allocator.return_freed_memory()")[0] < 20


@on_glibc
def test_all_threads_share_one_heap():
    assert run()[1] > 1
    assert run(before="allocator.keep_one_heap()")[1] == 1


def test_elsewhere_nothing_is_done_and_nothing_breaks(monkeypatch):
    """As on macOS, whose C library has no such functions."""
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    allocator.keep_one_heap()
    allocator.return_freed_memory()
