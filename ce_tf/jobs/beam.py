"""Jobs done by Apache Beam: on this machine (DirectRunner) or on a cluster."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from ce_tf.errors import InputError
from ce_tf.extras import require_extra
from ce_tf.jobs.workers import Job


def run_on_beam(
    jobs: Sequence[Job], runner: str, arguments: Sequence[str], title: str
) -> None:
    """Runs jobs on --runner with --beam_args.

    A job travels as it is pickled, so it should be small; its plan and what it makes
    lie where every worker reaches them.

    Raises:
        InputError: Beam is not installed, knows no such runner, or a job failed.
    """
    require_extra("beam", f"--runner={runner}")
    import apache_beam
    from apache_beam.options.pipeline_options import PipelineOptions

    options = PipelineOptions([f"--runner={runner}", *arguments])
    try:
        pipeline = apache_beam.Pipeline(options=options)
    except ValueError as error:
        raise InputError(f"--runner={runner}: {error}") from None
    with _clear_errors(), pipeline:
        _ = (
            pipeline
            | title >> apache_beam.Create(jobs)
            # Else jobs that were made together would stay on one worker.
            | apache_beam.Reshuffle()
            | apache_beam.Map(_run)
        )


def _run(job: Any) -> None:  # which Beam would check, and cannot check a Job
    # Beam has its own counters; ours would have to travel.
    job.run(lambda number: None)


@contextlib.contextmanager
def _clear_errors() -> Iterator[None]:
    """Beam wraps a job's InputError in one of its own, with a long traceback."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        mark = "InputError: "
        if mark not in str(error):
            raise
        line = str(error).rpartition(mark)[2].partition("\n")[0]
        raise InputError(line.partition(" [while running")[0]) from None
