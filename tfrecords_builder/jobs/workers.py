"""Jobs done by the workers of this machine, under a progress bar."""

import concurrent.futures
import functools
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from multiprocessing.context import BaseContext
from typing import Any, Self

import cv2
from tqdm import tqdm

from ce_tf.errors import InputError
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.jobs.beam import run_on_beam
from tfrecords_builder.jobs.jobs import Job

# Threads or processes? OpenCV releases Python's lock, but a part of a small photo's
# time is Python's own. 40,000 photos of 150 px on 2 cores, the best of three builds
# each, in turns: 2 threads 6,215 photos/s, 2 processes 7,296; more threads would wait
# for the lock longer still. Processes start in a fifth of a second: the work needs no
# TensorFlow.
_LEAST_FILES = 2_000
_WAIT = 0.2  # seconds between looks at the progress
_COUNTED_AT_ONCE = 16


class Workers:
    """The workers of one build, to be used as a context; they end with it."""

    def __init__(self, config: BuildConfig) -> None:
        self._config = config
        self._context: BaseContext
        # One server imports what the work needs, and all workers are forked from it.
        # Windows cannot fork: there each worker imports it.
        if "forkserver" in multiprocessing.get_all_start_methods():
            self._context = multiprocessing.get_context("forkserver")
            self._context.set_forkserver_preload(["tfrecords_builder.jobs.jobs"])
        else:
            self._context = multiprocessing.get_context("spawn")
        self._done = self._context.Value("Q", 0)
        self._pools: dict[bool, concurrent.futures.Executor] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for pool in self._pools.values():
            pool.shutdown(cancel_futures=True)

    def run(self, jobs: list[Job], title: str, total: int) -> None:
        """Runs jobs on --workers or --runner; raises what the first failing raised.

        Args:
            title: what is being done, to what: "packing photos".
            total: how many of these.

        Raises:
            InputError: a job cannot go on, or a worker was killed.
        """
        if not jobs:
            return
        if self._config.runner != "local":
            run_on_beam(jobs, self._config, title)
            return
        try:
            self._run_locally(jobs, title, total)
        except BrokenProcessPool:
            raise InputError(
                "a worker process was killed, as a machine does when its memory is "
                "full. Finished shards are kept: run the same command again, with "
                "fewer --workers if it was that."
            ) from None

    def _run_locally(self, jobs: list[Job], title: str, total: int) -> None:
        self._done.value = 0
        pool = self._pool(total >= _LEAST_FILES)
        unit = f" {title.split()[-1]}"
        with tqdm(total=total, desc=title, unit=unit, smoothing=0.1) as bar:
            waiting = {pool.submit(_run, job) for job in jobs}
            while waiting:
                finished, waiting = concurrent.futures.wait(
                    waiting, _WAIT, concurrent.futures.FIRST_EXCEPTION
                )
                bar.update(self._done.value - bar.n)
                for future in finished:
                    future.result()

    def _pool(self, many: bool) -> concurrent.futures.Executor:
        """The threads or, where there is much to do, processes; made at first need."""
        workers = self._config.workers or os.cpu_count() or 1
        processes = many and workers > 1
        if processes not in self._pools:
            start: Callable[..., concurrent.futures.Executor]
            start = concurrent.futures.ThreadPoolExecutor
            if processes:
                start = functools.partial(ProcessPoolExecutor, mp_context=self._context)
            self._pools[processes] = start(
                workers, initializer=_prepare, initargs=(self._done, processes)
            )
        return self._pools[processes]


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
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _run(job: Job) -> None:
    job.run(_count)
    _report()


def _count(number: int) -> None:
    _worker.seen += number
    # The counter is shared by all, so it is not asked for every photo.
    if _worker.seen >= _COUNTED_AT_ONCE:
        _report()


def _report() -> None:
    with _worker.done.get_lock():
        _worker.done.value += _worker.seen
    _worker.seen = 0
