"""A build's jobs, done by the workers of this machine or by Apache Beam."""

from ce_tf.jobs import LOCAL
from ce_tf.jobs.beam import run_on_beam
from ce_tf.jobs.workers import Workers
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.jobs.jobs import Job

# Threads or processes? OpenCV releases Python's lock, but a part of a small photo's
# time is Python's own. 40,000 photos of 150 px on 2 cores, the best of three builds
# each, in turns: 2 threads 6,215 photos/s, 2 processes 7,296; more threads would wait
# for the lock longer still. Processes start in a fifth of a second: the work needs no
# TensorFlow.
_LEAST_FILES = 2_000


class BuildWorkers(Workers):
    """The workers of one build, to be used as a context; they end with it."""

    def __init__(self, config: BuildConfig) -> None:
        super().__init__(
            config.workers,
            "tfrecords_builder.jobs.jobs",
            "Finished shards are kept: run the same command again, with fewer "
            "--workers if it was that.",
        )
        self._config = config

    def build(self, jobs: list[Job], title: str, total: int) -> None:
        """Runs jobs on --workers or --runner; raises what the first failing raised.

        Args:
            title: what is being done, to what: "packing photos".
            total: how many of these.

        Raises:
            InputError: a job cannot go on, or a worker was killed.
        """
        if not jobs:
            return
        if self._config.runner != LOCAL:
            run_on_beam(jobs, self._config.runner, self._config.beam_args, title)
            return
        for _ in self.run(jobs, title, total, processes=total >= _LEAST_FILES):
            pass  # what it wrote is its result
