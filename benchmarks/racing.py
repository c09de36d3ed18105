"""Ways to do the same work, each in a process of its own, timed in turns.

In turns, so that what else the machine does disturbs all alike; each in its own
process, because TensorFlow and PyTorch would fight over threads and memory in one.
"""

import subprocess
import sys
import time
from collections.abc import Callable


class Racer:
    """A process that makes one way ready, then does its work whenever it is told to.

    Args:
        module: to run with `python -m`.
        flags: that tell it to call `serve`.
    """

    def __init__(self, module: str, flags: list[str]):
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._ask("")

    def run(self) -> tuple[float, float]:
        """Does the work once: seconds, and the process's peak memory in MB so far."""
        seconds, peak = self._ask("go\n").split()
        return float(seconds), float(peak)

    def close(self) -> None:
        """Ends the process."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _ask(self, text: str) -> str:
        if text:
            self._process.stdin.write(text)
            self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("@"):
                return line[1:].strip()
        raise RuntimeError(f"{self._process.args} ended")


def serve(work: Callable[[], object]) -> None:
    """The process's side: warms up, then works once for each line of its input."""
    for _ in range(2):
        work()
    print("@ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        work()
        print(f"@{time.perf_counter() - start} {peak_memory()}", flush=True)


def race(racers: dict[str, Racer], rounds: int) -> dict[str, list[float]]:
    """Seconds of each, `rounds` times in turns."""
    times: dict[str, list[float]] = {name: [] for name in racers}
    for _ in range(rounds):
        for name, racer in racers.items():
            times[name].append(racer.run()[0])
    return times


def peak_memory() -> float:
    """This process's peak memory, MB (Linux); getrusage would count its parent's."""
    with open("/proc/self/status") as file:
        return int(file.read().partition("VmHWM:")[2].split()[0]) / 1024
