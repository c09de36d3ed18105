"""How fast and how large the builder is, against a bare OpenCV loop in the same run.

  python -m benchmarks.builder [--photos=10000] [--large=48] [--quality=90] [--memory]

Prints a table of ratios. Each speed is the best of several rounds, all ways taking
turns, so that other work on the machine disturbs them alike.
"""

import concurrent.futures
import dataclasses
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.racing import peak_memory
from ce_tf.command_line import flag, run_command

SIZE = 144
# Height of photos -> how coarse their detail is. With the qualities below files are as
# large as those of a set of real scenes (150 px, 15 KB) and of phones (12 megapixels,
# 3.3 MB): how long decoding takes depends on that.
_COARSENESS = {150: 0.3, 3000: 0.5, 64: 0.3}
_SMALL_QUALITY = 95


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    photos: int = flag(10_000, help="Small photos (150 px) for the speeds.")
    large: int = flag(48, help="12-megapixel photos.")
    quality: int = flag(
        90,
        help="JPEG quality of the large photos: 90 makes files of 3.3 MB, 75 of 1.9.",
    )
    rounds: int = flag(3, help="Rounds; the best of them counts.")
    memory: bool = flag(
        False, help="Also compare 2,000 and 20,000 photos' peak memory."
    )
    peak_of: str = flag("", help="Internal: build this folder and print the peak, MB.")


def make_photos(
    folder: Path, count: int, height: int, width: int, quality: int = _SMALL_QUALITY
) -> list[str]:
    """Writes `count` different JPEGs with a photo's detail; returns their paths."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    base = _texture(rng, height + 64, width + 64, _COARSENESS[height])
    paths = []
    for number in range(count):
        top, left = rng.integers(0, 64, 2)
        picture = base[top : top + height, left : left + width].copy()
        picture[:8, :8] = rng.integers(0, 256, (8, 8, 3))  # no two alike
        path = str(folder / f"{number:06d}.jpg")
        cv2.imwrite(path, picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        paths.append(path)
    return paths


def _texture(
    rng: np.random.Generator, height: int, width: int, coarseness: float
) -> np.ndarray:
    """Noise of all scales, stronger the coarser; files come out as large as photos'."""
    total = np.zeros((height, width, 3), np.float32)
    for scale in (1, 2, 4, 8, 16, 32, 64, 128):
        cells = (height // scale + 2, width // scale + 2, 3)
        noise = rng.normal(0, scale**coarseness, cells).astype(np.float32)
        total += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    low, high = np.percentile(total, [1, 99])
    return np.clip((total - low) / (high - low) * 255, 0, 255).astype(np.uint8)


def bare_loop(paths: list[str]) -> None:
    """What the builder cannot do without: read, decode, resize, encode."""
    for path in paths:
        image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
        grow = SIZE / min(image.shape[:2])
        size = (round(image.shape[1] * grow), round(image.shape[0] * grow))
        kind = cv2.INTER_AREA if grow < 0.5 else cv2.INTER_LINEAR
        small = cv2.resize(image, size, interpolation=kind)
        cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 95])


def bare_loops(paths: list[str], pool: concurrent.futures.Executor) -> None:
    """The bare loop in two processes: what two workers cannot exceed."""
    list(pool.map(bare_loop, (paths[::2], paths[1::2])))


def decode_smallest(paths: list[str]) -> None:
    """Read, and decode at an eighth: what packing a large photo cannot do without."""
    for path in paths:
        cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_REDUCED_COLOR_8)


def build_with(folder: Path, workers: int) -> Callable[[], None]:
    """A whole build: listing, hashing, packing, checksums, manifest."""
    from tfrecords_builder.building import build
    from tfrecords_builder.config import BuildConfig

    def run() -> None:
        out = tempfile.mkdtemp()
        build(
            BuildConfig(
                images=(str(folder),), out=out, size=SIZE, num_masks=2, workers=workers
            )
        )
        shutil.rmtree(out)

    return run


def best_times(ways: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Seconds of each way, the best of `rounds` in which they take turns."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            times[name].append(time.perf_counter() - start)
    return {name: min(all_times) for name, all_times in times.items()}


def print_speeds(title: str, count: int, times: dict[str, float]) -> None:
    """Photos a second of each way, and its ratio to the first."""
    print(f"\n{title}")
    first = next(iter(times.values()))
    for name, seconds in times.items():
        print(f"  {name:24}{count / seconds:>10,.0f} photos/s{first / seconds:>8.2f} x")


def measure_memory(folder: Path) -> None:
    """Peak memory of builds in processes of their own, one ten times the other."""
    print("\nPeak memory")
    peaks = []
    for count in (2_000, 20_000):
        place = folder / str(count)
        make_photos(place, count, 64, 64)
        command = [sys.executable, "-m", "benchmarks.builder", f"--peak_of={place}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks.append(float(done.stdout.split()[-1]))
        print(f"  {count:>7,} photos {peaks[-1]:>8.0f} MB")
    print(f"  ratio {peaks[1] / peaks[0]:.3f}")


def main(config: Config) -> None:
    """Runs the benchmark and prints its tables."""
    if config.peak_of:
        build_with(Path(config.peak_of), 2)()
        print(peak_memory())
        return
    cv2.setNumThreads(1)
    pool = concurrent.futures.ProcessPoolExecutor(
        2, multiprocessing.get_context("forkserver"), cv2.setNumThreads, (1,)
    )
    with tempfile.TemporaryDirectory() as scratch, pool:
        small, large = Path(scratch) / "small", Path(scratch) / "large"
        paths = make_photos(small, config.photos, 150, 150)
        ways = {
            "bare loop, 1 core": lambda: bare_loop(paths),
            "bare loop, 2 processes": lambda: bare_loops(paths, pool),
            "build, 1 worker": build_with(small, 1),
            "build, 2 workers": build_with(small, 2),
        }
        print_speeds("150 px", config.photos, best_times(ways, config.rounds))
        paths = make_photos(large, config.large, 3000, 4000, config.quality)
        megabytes = Path(paths[0]).stat().st_size / 1e6
        ways = {
            "full decode, 1 core": lambda: bare_loop(paths),
            "full decode, 2 processes": lambda: bare_loops(paths, pool),
            "decode at 1/8, 1 core": lambda: decode_smallest(paths),
            "build, 1 worker": build_with(large, 1),
            "build, 2 workers": build_with(large, 2),
        }
        title = f"12 megapixels, {megabytes:.1f} MB"
        print_speeds(title, config.large, best_times(ways, config.rounds))
        if config.memory:
            measure_memory(Path(scratch))


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
