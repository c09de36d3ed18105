"""Time and memory of erasing, in processes of their own.

    python -m benchmarks.erase

A photo of 12 megapixels with holes of 100, 300 and 600 pixels, and one of 50 megapixels
with a small hole. The network is OpenCV's Navier-Stokes at 128 pixels: what is measured
is all that lies round the network.
"""

import multiprocessing
import resource
import time

import cv2
import numpy as np

from ce_tf.eraser import Eraser

_SIZE = 128
_CASES = ((3000, 4000, 100), (3000, 4000, 300), (3000, 4000, 600), (7000, 7200, 200))
_MIB = 2**20


class ClassicalEraser(Eraser):
    """An eraser with OpenCV's Navier-Stokes in the network's place."""

    def __init__(self):
        self.size = _SIZE
        self._run = fill_classically


def fill_classically(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """As a backend of `ce_tf.backends`."""
    return cv2.inpaint(image, mask[..., 0], 3, cv2.INPAINT_NS)


def measure(case: tuple[int, int, int]) -> str:
    """One line of the table."""
    height, width, side = case
    noise = np.random.default_rng(0).integers(0, 256, (70, 100, 3), dtype=np.uint8)
    image = cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)
    mask = np.zeros((height, width), np.uint8)
    mask[height // 2 :, width // 2 :][:side, :side] = 1
    eraser = ClassicalEraser()
    before = _peak()
    seconds = {1.0: [], 0.0: []}
    for _ in range(3):
        for detail, times in seconds.items():
            start = time.perf_counter()
            eraser.erase(image, mask, detail=detail)
            times.append(time.perf_counter() - start)
    name = f"{width}x{height}, hole of {side}"
    more = (_peak() - before) / _MIB
    return (
        f"{name:28}{min(seconds[1.0]):9.2f} s{min(seconds[0.0]):14.2f} s"
        f"{more:8.0f} MiB more, photo {image.nbytes / _MIB:.0f} MiB"
    )


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    print(f"{'photo':28}{'detail=1':>11}{'detail=0':>16}{'peak memory':>16}")
    context = multiprocessing.get_context("spawn")
    for case in _CASES:
        with context.Pool(1) as pool:
            print(pool.apply(measure, (case,)))
