import subprocess
import sys

# Four threads each take 40 MB in blocks and free all but the last. Prints how many MB
# are still held, and then glibc's own account of its heaps.
_WORK = """
import ctypes, threading
from ce_tf.page import allocator
{before}
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6
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


def run(before: str = "", after: str = "") -> tuple[float, int]:
    """MB that are held, and the number of heaps."""
    code = _WORK.format(before=before, after=after)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout), done.stderr.count("Arena ")


def test_freed_memory_is_returned():
    assert run()[0] > 100
    assert run(after="allocator.return_freed_memory()")[0] < 20


def test_all_threads_share_one_heap():
    assert run()[1] > 1
    assert run(before="allocator.keep_one_heap()")[1] == 1
