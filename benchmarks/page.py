"""How soon the page is there, and how long a phone's photo takes through it.

    python -m benchmarks.page [--model=model.tflite]

Starts `python -m ce_tf.app` as a user does, several times; then erases holes from a
photo of 12 megapixels (JPEG) by a call of its API: upload, decoding,
erasing, encoding and download included.
"""

import contextlib
import dataclasses
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from benchmarks.erase import make_photo
from ce_tf.command_line import flag, run_command

_TURNS = 3
_HEIGHT, _WIDTH = 3000, 4000
_HOLES = (100, 300, 600)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    model: str | None = flag(
        None, help="A .tflite file or SavedModel; by default what ships."
    )


@contextlib.contextmanager
def run_page(model: str | None) -> Iterator[tuple[str, float]]:
    """Starts the page; gives its address, and the seconds until it answered."""
    command = [sys.executable, "-m", "ce_tf.app", "--port=0"]
    command += [f"--model={model}"] if model else []
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        url = process.stdout.readline().split()[4]
        urllib.request.urlopen(url).read()
        yield url, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def measure_calls(url: str) -> dict[int, float]:
    """Side of the hole -> seconds of one call, the best of some."""
    import httpx

    photo = cv2.imencode(".jpg", make_photo(_HEIGHT, _WIDTH))[1].tobytes()
    seconds = {}
    for side in _HOLES:
        mask = np.zeros((_HEIGHT, _WIDTH), np.uint8)
        mask[1000:, 1500:][:side, :side] = 255
        sent = cv2.imencode(".png", mask)[1].tobytes()
        files = {"photo": ("photo.jpg", photo), "mask": ("mask.png", sent)}
        times = []
        for _ in range(_TURNS):
            start = time.perf_counter()
            answer = httpx.post(f"{url}/api/erase", files=files, timeout=None)
            answer.raise_for_status()
            times.append(time.perf_counter() - start)
        seconds[side] = min(times)
    return seconds


def main(config: Config) -> None:
    """Runs the benchmark and prints its table."""
    starts = []
    for _ in range(_TURNS):
        with run_page(config.model) as (_url, seconds):
            starts.append(seconds)
    with run_page(config.model) as (url, _seconds):
        calls = measure_calls(url)
    print(f"{'from the command to the page':34}{min(starts):6.2f} s")
    for side, seconds in calls.items():
        name = f"{_WIDTH}x{_HEIGHT} JPEG, hole of {side}"
        print(f"{name:34}{seconds:6.2f} s")


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
