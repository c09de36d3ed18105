import subprocess
import sys

# Frees what a small photo takes and takes it anew; prints the faults of 1,000 times.
_WORK = """
import resource
from ce_tf import allocator
{setting}
def work():
    return [bytes(70_000) for _ in range(4)]
for _ in range(10):
    work()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(1_000):
    work()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(setting: str) -> int:
    command = [sys.executable, "-c", _WORK.format(setting=setting)]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


def test_freed_memory_is_kept_for_the_next_photo():
    assert faults("") > 10_000
    assert faults("allocator.keep_freed_memory()") < 100
