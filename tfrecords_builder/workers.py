"""Jobs done by the workers of this machine."""

import concurrent.futures
import os
import threading

import cv2
from tqdm import tqdm

from tfrecords_builder.config import BuildConfig
from tfrecords_builder.jobs import Job


def run_jobs(
    jobs: list[Job], config: BuildConfig, title: str, total: int | None
) -> None:
    """Runs jobs under a progress bar; raises what the first one raised.

    Args:
        total: pictures in all, where known; the bar then tells the time left.
    """
    # One thread a job: OpenCV's own would only get into each other's way.
    cv2.setNumThreads(1)
    lock = threading.Lock()
    workers = config.workers or os.cpu_count() or 1
    with (
        tqdm(total=total, desc=title, unit=" files", mininterval=0.5) as bar,
        concurrent.futures.ThreadPoolExecutor(workers) as pool,
    ):

        def count(done: int) -> None:
            with lock:
                bar.update(done)

        futures = [pool.submit(job.run, count) for job in jobs]
        try:
            for future in concurrent.futures.as_completed(futures):
                future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
