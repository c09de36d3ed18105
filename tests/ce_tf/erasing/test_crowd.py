"""A folder erased on all cores, and on Beam: the same bytes, and what failed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from ce_tf.erase import run
from tests.fakes import make_photo
from tests.processes import do_first

PHOTOS = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Photos of different sizes, one that is none, one without a mask."""
    folder = tmp_path_factory.mktemp("crowd")
    for name in ("photos", "masks"):
        (folder / name).mkdir()
    for number in range(PHOTOS):
        height = 150 + 10 * number
        Image.fromarray(make_photo(number, height, 200)).save(
            folder / "photos" / f"{number}.png"
        )
        mask = np.zeros((height, 200), np.uint8)
        mask[40:90, 30 + 10 * number : 100] = 255
        Image.fromarray(mask).save(folder / "masks" / f"{number}.png")
    for place in ("photos", "masks"):
        (folder / place / "none.png").write_text("no picture")
    Image.fromarray(make_photo(9, 100, 90)).save(folder / "photos" / "alone.jpg")
    return folder


def erase(folder: Path, out: Path, *flags: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        run(
            [
                *("", str(folder / "photos"), f"--mask={folder / 'masks'}"),
                *(f"--out={out}", *flags),
            ]
        )
    return stopped.value.code or 0


@pytest.fixture(scope="module")
def results(folder) -> dict[str, bytes]:
    """What one worker makes, file by file."""
    assert erase(folder, folder / "one", "--workers=1", "--detail=0.5") == 1
    return read(folder / "one")


def read(folder: Path) -> dict[str, bytes]:
    """All that is below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


BEAM = ("--beam_args=--direct_running_mode=multi_threading",)


@pytest.mark.parametrize(
    "flags",
    [
        ("--workers=3",),
        ("--runner=DirectRunner", *BEAM, "--beam_args=--direct_num_workers=2"),
    ],
)
def test_the_bytes_are_the_same_whoever_makes_them(
    folder, results, tmp_path, capsys, flags
):
    failed = tmp_path / "failed.txt"
    out = tmp_path / "out"
    assert erase(folder, out, "--detail=0.5", f"--failed={failed}", *flags) == 1
    assert read(out) == results
    assert len(results) == PHOTOS
    assert f"wrote {PHOTOS} photos" in capsys.readouterr().out
    lines = [line.split("\t") for line in failed.read_text().splitlines()]
    photos = folder / "photos"
    assert [photo for photo, _ in lines] == [
        *(str(photos / "alone.jpg"), str(photos / "none.png"))
    ]
    assert "no mask of its name" in lines[0][1]
    assert "is no picture" in lines[1][1]


def test_the_list_of_none_is_empty(folder, tmp_path):
    one = str(folder / "photos" / "0.png"), str(folder / "photos" / "1.png")
    failed = tmp_path / "failed.txt"
    failed.write_text("of yesterday")
    with pytest.raises(SystemExit) as stopped:
        run(
            [
                *("", *one, f"--mask={folder / 'masks'}", f"--failed={failed}"),
                f"--out={tmp_path / 'out'}",
            ]
        )
    assert not stopped.value.code
    assert failed.read_bytes() == b""


# Sleeps in the middle of each photo's writing, and says so by its temporary file.
SLOW = """
import sys, time
from ce_tf import files
whole = files.open_binary
def slow(path, mode="rb"):
    file = whole(path, mode)
    if mode == "wb":
        with file as opened:
            opened.write(b"half")
        time.sleep(60)
    return file
files.open_binary = slow
"""


def environment(folder: Path) -> dict[str, str]:
    """Has each Python process run SLOW as it starts."""
    (folder / "sitecustomize.py").write_text(SLOW)
    root = str(Path(__file__).parents[3])
    return os.environ | {"PYTHONPATH": os.pathsep.join((str(folder), root))}


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("everyone", [False, True])
def test_ctrl_c_stops_all_and_leaves_no_half_file(folder, tmp_path, workers, everyone):
    """A terminal tells all processes of it; `kill -INT` the first alone."""
    out = tmp_path / "out"
    command = [
        *(sys.executable, "-m", "ce_tf.erase", str(folder / "photos")),
        *(f"--mask={folder / 'masks'}", f"--out={out}", f"--workers={workers}"),
    ]
    process = subprocess.Popen(
        # A suite that runs in a shell's background ignores Ctrl-C, and so would this.
        do_first("signal.signal(signal.SIGINT, signal.SIG_DFL)", command),
        stderr=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while len(list(out.glob("*.tmp"))) < workers:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    children = psutil.Process(process.pid).children(recursive=True)
    if everyone:
        os.killpg(process.pid, signal.SIGINT)
    else:
        os.kill(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=50)
    assert process.returncode == 130
    assert error == (
        f"interrupted: 0 photos are written to {out}; the same command with "
        "--skip_done goes on.\n"
    )
    assert list(out.iterdir()) == []
    psutil.wait_procs(children, timeout=20)
    assert not any(child.is_running() for child in children)


def test_a_killed_worker_is_a_clear_error(folder, tmp_path):
    out = tmp_path / "out"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "ce_tf.erase", str(folder / "photos")),
            *(f"--mask={folder / 'masks'}", f"--out={out}", "--workers=2"),
        ],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
    )
    deadline = time.monotonic() + 120
    while len(list(out.glob("*.tmp"))) < 2:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    for server in psutil.Process(process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "multiprocessing.forkserver" in " ".join(server.cmdline()):
                server.children()[0].kill()
    error = process.communicate(timeout=50)[1]
    assert process.returncode == 2
    assert error.startswith("error: a worker process was killed")
    assert "--skip_done" in error
    assert error.count("\n") == 1


def test_a_model_that_cannot_be_used_is_said_once(folder, tmp_path, capsys):
    for flags in ((), ("--workers=2",), ("--runner=DirectRunner",)):
        flags = (*flags, f"--model={folder / 'photos' / 'none.png'}")
        assert erase(folder, tmp_path / "out", *flags) == 2
        error = capsys.readouterr().err
        assert "is no TFLite file" in error
        assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("--workers=-1", "--workers=-1: give 0"),
        ("--runner=NoSuchRunner", "--runner=NoSuchRunner"),
        ("--failed=none/list.txt", "there is no folder none"),
    ],
)
def test_what_cannot_be_is_said(folder, tmp_path, capsys, flag, words):
    assert erase(folder, tmp_path / "out", flag) == 2
    assert words in capsys.readouterr().err
    assert not list((tmp_path / "out").glob("*"))


def test_a_list_goes_with_several_photos(folder, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        run(
            [
                *("", str(folder / "photos" / "0.png"), f"--mask={folder / 'masks'}"),
                *(f"--out={tmp_path / 'r.png'}", f"--failed={tmp_path / 'list'}"),
            ]
        )
    assert stopped.value.code == 2
    assert "--failed goes with several photos" in capsys.readouterr().err
