"""What the engine in the browser costs, beside Python's.

    python -m benchmarks.web_engine [--side=300] [--megapixels=12] [--detail=1]

Erases a round hole from a large photo in turns with both, on one machine: seconds, and
seconds of the processor of all of Chromium's processes. The first turn of each loads
LiteRT and the model. Needs a browser, and what `pip install '.[test]'` brings.
"""

import dataclasses
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import psutil

from ce_tf.command_line import flag, run_command
from ce_tf.erasing.eraser import Eraser
from tests.browser import launch_browser
from tests.fakes import real_photo
from tests.web.engine.page_engine import (
    gather_assets,
    open_engine,
    serve_files,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    side: int = flag(300, help="Pixels across the hole.")
    megapixels: float = flag(12, help="Of the photo.")
    detail: float = flag(1.0, help="Of the fill, 0 to 1.")
    turns: int = flag(4, help="Of each.")


def main(config: Config) -> None:
    height = int((config.megapixels * 1e6 * 3 / 4) ** 0.5)
    width = height * 4 // 3
    image = real_photo(2, height, width)
    mask = np.zeros((height, width), np.uint8)
    cv2.circle(mask, (width // 2, height // 2), config.side // 2, 255, -1)
    with tempfile.TemporaryDirectory() as name, launch_browser() as browser:
        folder = Path(name)
        gather_assets(folder)
        with serve_files(folder, folder) as url:
            engine, eraser = open_engine(browser, url, folder), Eraser()
            print(f"{'':8}{'seconds':>10}{'processor':>10}")
            for _ in range(config.turns):
                before = _seconds_of_browser()
                engine.erase(image, mask, cancelAt=0)  # what it takes to get there
                begun = _seconds_of_browser()
                answer = engine.erase(image, mask, options={"detail": config.detail})
                spent = _seconds_of_browser() - begun - (begun - before)
                print(f"{'browser':8}{answer['seconds']:10.2f}{spent:10.2f}")
                start, before = time.perf_counter(), time.process_time()
                eraser.erase(image, mask, detail=config.detail)
                spent = time.process_time() - before
                print(f"{'Python':8}{time.perf_counter() - start:10.2f}{spent:10.2f}")


def _seconds_of_browser() -> float:
    browser = psutil.Process().children(recursive=True)
    times = [process.cpu_times() for process in browser]
    return sum(spent.user + spent.system for spent in times)


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
