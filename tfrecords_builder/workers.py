"""Jobs done by the workers of this machine, under a progress bar."""

import concurrent.futures
import multiprocessing
import os
import threading
from typing import Any

import cv2
from tqdm import tqdm

from tfrecords_builder.beam import run_on_beam
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.jobs import Job

# Threads or processes? OpenCV releases Python's lock, but a quarter of a small photo's
# time is Python's own. 20,000 photos of 150 px on 2 cores, one run: 2 threads 3,382
# photos/s, 2 processes 4,027; more threads would wait for the lock longer still.
# Processes start in half a second, for the work needs no TensorFlow.
_LEAST_FILES = 2_000
_WAIT = 0.2  # seconds between looks at the progress
_COUNTED_AT_ONCE = 16


def run_jobs(jobs: list[Job], config: BuildConfig, title: str, total: int) -> None:
    """Runs jobs on --workers workers or --runner; raises what the first failing raised.

    Args:
        title: what is being done, to what: "packing photos".
        total: how many of these.
    """
    if not jobs:
        return
    if config.runner != "local":
        run_on_beam(jobs, config, title)
        return
    workers = config.workers or os.cpu_count() or 1
    processes = workers > 1 and total >= _LEAST_FILES
    context = multiprocessing.get_context("forkserver")
    done = context.Value("Q", 0)
    with (
        tqdm(
            total=total, desc=title, unit=f" {title.split()[-1]}", smoothing=0.1
        ) as bar,
        _pool(min(workers, len(jobs)), processes, context, done) as pool,
    ):
        waiting = {pool.submit(_run, job) for job in jobs}
        try:
            while waiting:
                finished, waiting = concurrent.futures.wait(
                    waiting, _WAIT, concurrent.futures.FIRST_EXCEPTION
                )
                bar.update(done.value - bar.n)
                for future in finished:
                    future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        bar.update(total - bar.n)


def _pool(
    workers: int, processes: bool, context: Any, done: Any
) -> concurrent.futures.Executor:
    settings = {"initializer": _prepare, "initargs": (done, processes)}
    if not processes:
        return concurrent.futures.ThreadPoolExecutor(workers, **settings)
    # One server imports what the work needs, and all workers are forked from it.
    context.set_forkserver_preload(
        ["tfrecords_builder.scanning", "tfrecords_builder.shards"]
    )
    return concurrent.futures.ProcessPoolExecutor(workers, context, **settings)


_worker = threading.local()


def _prepare(done: Any, process: bool) -> None:
    """Starts a worker, which counts into `done`."""
    _worker.done, _worker.seen = done, 0
    # One thread a job: OpenCV's own would only get into each other's way.
    cv2.setNumThreads(1)
    if process:
        threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Ends this process when the builder's own was killed; it would wait for ever."""
    multiprocessing.parent_process().join()
    os._exit(1)


def _run(job: Job) -> None:
    job.run(_count)


def _count(number: int) -> None:
    _worker.seen += number
    # The counter is shared by all, so it is not asked for every photo.
    if _worker.seen >= _COUNTED_AT_ONCE:
        with _worker.done.get_lock():
            _worker.done.value += _worker.seen
        _worker.seen = 0
