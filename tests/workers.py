"""The suite on several cores: how many workers, who runs what, what is made once.

`make test` runs pytest with `--numprocesses=auto`; without that flag none of this is
in the way.
"""

import functools
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import psutil
import pytest
from filelock import FileLock
from xdist.scheduler import LoadScopeScheduling

# What one worker needs, and the processes that its tests start.
_BYTES = 3e9
_MOST = 4
# What takes longest is handed out first, so that no worker ends alone with it.
_FIRST = tuple(
    map(re.compile, ("test_interruption", "test_end_to_end", r"^[^.]+$", "training/"))
)
_ROOT = Path(__file__).parents[1]


def share_cores() -> None:
    """Has TensorFlow compute with one thread, here and in what this worker starts.

    There is a worker for each core already.
    """
    if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
        os.environ["TF_NUM_INTRAOP_THREADS"] = "1"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One a core that the tests may use, as memory allows; of one alone, none."""
    process = psutil.Process()
    cores = (
        len(process.cpu_affinity())
        if hasattr(process, "cpu_affinity")
        else psutil.cpu_count()
    )
    count = min(cores, _MOST, int(psutil.virtual_memory().total / _BYTES))
    return count if count > 1 else 0


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log) -> LoadScopeScheduling:
    return _ByFile(config, log)


class _ByFile(LoadScopeScheduling):
    """The tests of a file run in one worker, in their order.

    So do those of a folder with a conftest.py of its own: they share what it starts.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _unit(nodeid.split("::")[0])

    def _assign_work_unit(self, node) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=_rank), last=False)
        super()._assign_work_unit(node)


@functools.cache
def _unit(file: str) -> str:
    """The folder, or else the file itself, whose tests stay together."""
    folders = list(PurePosixPath(file).parents)[:-2]  # but `tests` and the root
    own = (str(f) for f in folders if (_ROOT / f / "conftest.py").exists())
    return next(own, file)


def _rank(unit: str) -> int:
    ranks = (rank for rank, part in enumerate(_FIRST) if part.search(unit))
    return next(ranks, len(_FIRST))


def session_folder(own: Path) -> Path:
    """The folder of all workers, from that of this one."""
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def make_once(session: Path, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills once; who asks for it meanwhile waits."""
    folder, made = session / name, session / f"{name}.made"
    with FileLock(session / f"{name}.lock"):
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of one that failed
            folder.mkdir()
            make(folder)
            made.touch()
    return folder
