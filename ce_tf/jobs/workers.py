"""Jobs done by the workers of this machine, under a progress bar."""

import concurrent.futures
import contextlib
import functools
import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from multiprocessing.context import BaseContext
from typing import Any, Protocol, Self, TypeVar

import cv2
from tqdm import tqdm

from ce_tf.errors import InputError

Result = TypeVar("Result", covariant=True)
_WAIT = 0.2  # seconds between looks at the progress
_COUNTED_AT_ONCE = 16
# Jobs that wait for each worker: more would only take memory.
_AHEAD = 4
_MOST_ON_WINDOWS = 61  # handles that it can wait for


class Job(Protocol[Result]):
    """One piece of work; can be pickled."""

    def run(self, count: Callable[[int], None]) -> Result:
        """Does the work; `count(n)` is called as n more of what it works on are done.

        Where it is interrupted, nothing half done may be left.
        """


class Workers:
    """The workers of one command, to be used as a context; they end with it.

    On Ctrl-C processes stop amid their jobs, by KeyboardInterrupt, and begin no other.

    Args:
        count: how many; 0 is one a core.
        preload: a module that the jobs need, imported once for all processes.
        kept: what is true, and what to do, when a worker was killed: a sentence.
    """

    def __init__(self, count: int, preload: str, kept: str) -> None:
        self.count = count or os.cpu_count() or 1
        if os.name == "nt":
            self.count = min(self.count, _MOST_ON_WINDOWS)
        self._kept = kept
        self._context: BaseContext
        # One server imports what the work needs, and all workers are forked from it.
        # Windows cannot fork: there each worker imports it.
        if "forkserver" in multiprocessing.get_all_start_methods():
            self._context = multiprocessing.get_context("forkserver")
            self._context.set_forkserver_preload([preload])
        else:
            self._context = multiprocessing.get_context("spawn")
        self._done = self._context.Value("Q", 0)
        self._stopped = self._context.Event()
        self._pools: dict[bool, concurrent.futures.Executor] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # The second is of a generator that is closed before its end.
        if kind in (KeyboardInterrupt, GeneratorExit):
            self._interrupt()
        for pool in self._pools.values():
            pool.shutdown(cancel_futures=True)

    def run(
        self,
        jobs: Iterable[Job[Result]],
        title: str,
        total: int,
        *,
        processes: bool,
        quiet: bool = False,
    ) -> Iterator[Result]:
        """Yields what the jobs return, in the order in which they end.

        Args:
            jobs: taken as workers become free.
            title: what is being done, to what: "packing photos".
            total: how many of these.
            processes: whether it is much: threads start at once, and wait for each
                other.
            quiet: no bar where stderr is no terminal.

        Raises:
            InputError: a worker was killed.
            Exception: what the first failing job raised.
        """
        self._done.value = 0
        try:
            with tqdm(
                total=total,
                desc=title,
                unit=f" {title.split()[-1]}",
                smoothing=0.1,
                disable=None if quiet else False,
            ) as bar:
                pool = self._pool(processes and self.count > 1)
                for future in self._submit(pool, jobs, bar):
                    yield future.result()
        except BrokenProcessPool:
            raise InputError(
                "a worker process was killed, as a machine does when its memory is "
                f"full. {self._kept}"
            ) from None

    def _submit(
        self,
        pool: concurrent.futures.Executor,
        jobs: Iterable[Job[Result]],
        bar: tqdm,
    ) -> Iterator[concurrent.futures.Future[Result]]:
        """Yields the futures of the jobs as they end, and moves the bar."""
        left = iter(jobs)
        waiting: set[concurrent.futures.Future[Result]] = set()
        while True:
            free = _AHEAD * self.count - len(waiting)
            waiting |= {pool.submit(_run, job) for job in itertools.islice(left, free)}
            if not waiting:
                return
            finished, waiting = concurrent.futures.wait(
                waiting, _WAIT, concurrent.futures.FIRST_COMPLETED
            )
            bar.update(self._done.value - bar.n)
            yield from finished

    def _pool(self, processes: bool) -> concurrent.futures.Executor:
        """The threads or processes; made at first need."""
        if processes not in self._pools:
            start: Callable[..., concurrent.futures.Executor]
            start = concurrent.futures.ThreadPoolExecutor
            if processes:
                start = functools.partial(ProcessPoolExecutor, mp_context=self._context)
            self._pools[processes] = start(
                self.count,
                initializer=_prepare,
                initargs=(self._done, self._stopped, processes),
            )
        return self._pools[processes]

    def _interrupt(self) -> None:
        self._stopped.set()
        if os.name != "nt":  # where a console tells all its processes
            for process in multiprocessing.active_children():
                if process.pid is not None:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process.pid, signal.SIGINT)


_worker = threading.local()


def _prepare(done: Any, stopped: Any, process: bool) -> None:
    """Starts a worker, which counts into `done`."""
    _worker.done, _worker.seen = done, 0
    _worker.stopped, _worker.process = stopped, process
    # One thread a job: OpenCV's own would only get into each other's way.
    cv2.setNumThreads(1)
    if process:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Ends this process when the command's own was killed; it would wait for ever."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _run(job: Job[Result]) -> Result:
    if _worker.process:
        signal.signal(signal.SIGINT, _stop_once)
    try:
        if _worker.stopped.is_set():
            raise KeyboardInterrupt
        return job.run(_count)
    finally:
        if _worker.process:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        _report()


def _stop_once(*_: object) -> None:
    """Interrupts the job; a second time it would interrupt the tidying up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _count(number: int) -> None:
    _worker.seen += number
    # The counter is shared by all, so it is not asked for every photo.
    if _worker.seen >= _COUNTED_AT_ONCE:
        _report()


def _report() -> None:
    with _worker.done.get_lock():
        _worker.done.value += _worker.seen
    _worker.seen = 0
