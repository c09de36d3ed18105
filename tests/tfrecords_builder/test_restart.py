"""Builds that are stopped, or that run out of room, and go on."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from ce_tf.errors import InputError
from tests.fakes import write_photos
from tests.processes import do_first
from tests.tfrecords_builder.conftest import hashes
from tfrecords_builder.jobs import planning, shards, workers

# Slows each record, so that a kill falls into the middle of the work.
_SLOW = """
import sys, time
from tfrecords_builder.jobs import planning
from tfrecords_builder.jobs import shards
from tfrecords_builder.jobs import workers
from tfrecords_builder.__main__ import run
whole = shards.pack_photo, shards.draw_record
def slow(function):
    def call(*arguments):
        time.sleep(0.01)
        return function(*arguments)
    return call
shards.pack_photo, shards.draw_record = map(slow, whole)
run(sys.argv)
"""


def command(config) -> list[str]:
    """The command line of a small build, slowed."""
    names = ("out", "voc_dir", "size", "mask_size", "num_masks", "min_shards")
    flags = [f"--{name}={getattr(config, name)}" for name in names]
    program = [sys.executable, "-c", _SLOW, f"--images={config.images[0]}"]
    return [*program, "--workers=2", *flags]


@pytest.fixture(scope="module")
def many_photos(tmp_path_factory) -> Path:
    return write_photos(tmp_path_factory.mktemp("many"), 90)


def finished(out: Path) -> dict[str, int]:
    """Shards that have their receipt, with the time of their last change.

    A shard is finished with its receipt, which follows its last rename: one that was
    killed between the two is made again, with the same bytes.
    """
    return {
        path.name: path.stat().st_mtime_ns
        for path in out.glob("*.tfrecord")
        if (out / ".build" / f"{path.name}.json").exists()
    }


def test_kill_at_any_moment_and_start_again(
    make_config, build_small, many_photos, tmp_path
):
    settings = {"images": (str(many_photos),), "num_masks": 60, "min_shards": 5}
    build_small(out=str(tmp_path / "whole"), **settings)
    config = make_config(**settings)
    out = tmp_path / "out"
    kept = []
    # Mid-mask, mid-image and later: each run is killed as so many shards are finished.
    for least in (3, 12, 18):
        process = subprocess.Popen(
            command(config), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        deadline = time.monotonic() + 120
        while len(list(out.glob("*.tfrecord"))) < least:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert not (out / "manifest.json").exists()
        kept.append(finished(out))
        if len(kept) == 2:
            assert kept[0].items() <= kept[1].items()
    build_small(**settings)
    assert kept[1].items() <= kept[2].items()
    assert kept[2].items() <= finished(out).items()
    assert len(kept[2]) >= 12
    assert hashes(out) == hashes(tmp_path / "whole")


def test_a_damaged_receipt_means_the_shard_is_made_again(build_small, tmp_path):
    build_small()
    out = tmp_path / "out"
    before = hashes(out)
    receipt = out / ".build" / "train-images-00001-of-00003.tfrecord.json"
    receipt.write_text(receipt.read_text()[:40])
    (out / "val-masks-00000-of-00003.tfrecord").write_bytes(b"cut")
    (out / "train-images-00000-of-00003.tfrecord.abc.tmp").write_bytes(b"left over")
    build_small()
    assert hashes(out) == before


def test_a_full_disk_is_a_clear_error_and_keeps_the_shards(
    make_config, build_small, tmp_path
):
    build_small(out=str(tmp_path / "whole"), num_masks=4, min_shards=2)
    config = make_config(num_masks=4, min_shards=2)
    # No file may grow beyond a size that masks keep and image shards do not.
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))"
    done = subprocess.run(
        do_first(limit, command(config)), capture_output=True, text=True
    )
    assert done.returncode == 2, done.stderr
    assert "error: cannot write" in done.stderr
    assert "Finished shards are kept" in done.stderr
    out = tmp_path / "out"
    assert len(list(out.glob("*-masks-*.tfrecord"))) == 3
    assert not list(out.glob("*.tmp"))
    build_small(num_masks=4, min_shards=2)
    assert hashes(out) == hashes(tmp_path / "whole")


def test_an_unwritable_place_is_a_clear_error(build_small, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="--out: cannot make"):
        build_small(out=str(tmp_path / "file" / "out"))


def test_a_failing_job_stops_the_build(build_small, monkeypatch):
    def fail(*arguments):
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr(shards, "pack_photo", fail)
    with pytest.raises(ZeroDivisionError, match="a mistake of ours"):
        build_small(workers=2)


def workers_of(process: int) -> list[int]:
    """Its worker processes: children of the server that they are forked from."""
    found = []
    for server in psutil.Process(process).children():
        with contextlib.suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            # And not the browser of another test.
            if "multiprocessing.forkserver" in " ".join(server.cmdline()):
                found += [child.pid for child in server.children()]
    return found


def test_a_killed_worker_is_a_clear_error(make_config, tmp_path):
    # So many masks that processes draw them.
    config = make_config(num_masks=50_000)
    done = subprocess.Popen(command(config), stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not list((tmp_path / "out").glob("train-masks-*.tmp")):  # a job has begun
        assert done.poll() is None, done.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(workers_of(done.pid)[0], signal.SIGKILL)
    message = done.communicate()[1].splitlines()[-1]
    assert done.returncode == 2
    assert "a worker process was killed" in message
    assert "--workers" in message


def test_a_worker_killed_between_two_phases_is_a_clear_error(build_small, monkeypatch):
    monkeypatch.setattr(workers, "_LEAST_FILES", 1)
    monkeypatch.setattr(planning, "CHUNK", 1)  # a scan job for each photo
    plan = planning.plan_images

    def kill_and_plan(*arguments):
        first, *others = workers_of(os.getpid())
        assert others
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while workers_of(os.getpid()):  # the pool ends the others once it has noticed
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return plan(*arguments)

    monkeypatch.setattr(planning, "plan_images", kill_and_plan)
    with pytest.raises(InputError, match=r"a worker process was killed.*--workers"):
        build_small(workers=3)
