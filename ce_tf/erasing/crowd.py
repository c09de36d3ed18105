"""Many photos erased: by all cores of this machine, or by Apache Beam."""

import dataclasses
import json
import os
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

from ce_tf.erasing.batch import Job
from ce_tf.erasing.config import EraseConfig
from ce_tf.erasing.work import Erasing, Outcome, open_eraser
from ce_tf.errors import InputError
from ce_tf.files import read_bytes, write_bytes
from ce_tf.jobs import LOCAL
from ce_tf.jobs.beam import run_on_beam
from ce_tf.jobs.workers import Workers
from ce_tf.pretrained.files import is_pretrained

_TITLE = "erasing photos"
# Below --out: what Beam's workers are to do, and what they report.
_FOLDER = ".erase"
# Of Beam's jobs: so many photos at most, and where there are fewer, so many jobs.
_MOST_PHOTOS, _LEAST_JOBS = 256, 64


def erase_many(
    jobs: Sequence[Job], config: EraseConfig
) -> Generator[Outcome, None, None]:
    """Erases on --workers or --runner; yields each photo's outcome as it ends.

    The bytes are the same whoever does it. Closed or interrupted, it stops at once and
    leaves no half-written file.

    Raises:
        InputError: the model or the runner cannot be used, or a worker was killed.
    """
    if config.workers < 0:
        raise InputError(f"--workers={config.workers}: give 0 (all cores) or more.")
    if not jobs:
        return
    if config.runner != LOCAL:
        yield from _erase_on_beam(jobs, config)
        return
    with Workers(
        min(config.workers or _default(config.model), len(jobs)),
        "ce_tf.erasing.work",
        "Results are kept: the same command with --skip_done goes on, with fewer "
        "--workers if it was that.",
    ) as workers:
        threads = max(1, (os.cpu_count() or 1) // workers.count)
        open_eraser(config.model, threads)  # an error of the model's is no photo's
        erasings = (Erasing(job, config, threads) for job in jobs)
        if workers.count > 1:
            yield from workers.run(
                erasings, _TITLE, len(jobs), processes=True, quiet=True
            )
            return
        bar = tqdm(erasings, _TITLE, len(jobs), unit=" photos", disable=None)
        yield from (erasing.run(lambda number: None) for erasing in bar)


def _default(model: str | None) -> int:
    """Workers where the flag says nothing: TensorFlow takes all cores for one photo."""
    saved = model is not None and not is_pretrained(model) and Path(model).is_dir()
    return 1 if saved else os.cpu_count() or 1


@dataclasses.dataclass(frozen=True)
class _Chunk:
    """Some of the photos, as a job of Beam's: its plan and its report are files."""

    path: str
    config: EraseConfig

    @property
    def report(self) -> str:
        return f"{self.path}.done"

    def run(self, count: Callable[[int], None]) -> None:
        report = []
        for paths in json.loads(read_bytes(self.path, "plan")):
            job = Job(*(path and Path(path) for path in paths))
            outcome = Erasing(job, self.config, threads=1).run(count)
            report.append([outcome.notes, outcome.error])
        write_bytes(self.report, json.dumps(report).encode())


def _erase_on_beam(jobs: Sequence[Job], config: EraseConfig) -> Iterator[Outcome]:
    open_eraser(config.model, 1)
    folder = Path(config.out, _FOLDER).absolute()
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    folder.mkdir(parents=True)
    model = config.model
    if model is not None and not is_pretrained(model):
        model = os.path.abspath(model)
    config = dataclasses.replace(config, photos=(), model=model)
    size = min(_MOST_PHOTOS, -(-len(jobs) // _LEAST_JOBS))
    chunks = {}
    try:
        for start in range(0, len(jobs), size):
            part = jobs[start : start + size]
            chunk = _Chunk(str(folder / f"{start}.json"), config)
            plan = json.dumps([_absolute(job) for job in part])
            write_bytes(chunk.path, plan.encode())
            chunks[chunk] = part
        run_on_beam(list(chunks), config.runner, config.beam_args, _TITLE)
        for chunk, part in chunks.items():
            report = json.loads(read_bytes(chunk.report, "report"))
            for job, (notes, error) in zip(part, report, strict=True):
                yield Outcome(job.photo, tuple(notes), error)
    finally:
        shutil.rmtree(folder)


def _absolute(job: Job) -> list[str | None]:
    paths = (job.photo, job.mask, job.out, job.saved_mask)
    return [None if path is None else str(path.absolute()) for path in paths]
