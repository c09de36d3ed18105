"""Runs that are killed, in processes of their own."""

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ce_tf.errors import InputError
from ce_tf.training.strategies import make_strategy
from tests.ce_tf.training.states import restored, variables

# The seed's own run, every op of it in a fixed order.
EXACT = """
import sys
import tensorflow as tf
tf.config.experimental.enable_op_determinism()
from ce_tf.train import run
run()
"""


FOLDERS = ("first", "second")


def start(config, *, exact: bool = False, **environment: str) -> subprocess.Popen:
    """The training command with the flags of a config."""
    flags = [
        f"--{name}={str(value).lower() if isinstance(value, bool) else value}"
        for name, value in vars(config).items()
    ]
    program = ["-c", EXACT] if exact else ["-m", "ce_tf.train"]
    return subprocess.Popen(
        [sys.executable, *program, *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | environment,
    )


def wait_for_checkpoint(run: Path, number: int, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while len(list(run.glob("checkpoints/step-*.index"))) < number:
        assert time.monotonic() < deadline, "no checkpoint in time"
        time.sleep(0.05)


def test_a_killed_run_ends_with_the_same_bits(make_config, tmp_path):
    """kill -9 at a random moment, and a new start: as one that was never stopped."""

    def config(name: str):
        return make_config(
            tmp_path / name,
            steps=40,
            checkpoint_every=3,
            keep_checkpoints=50,
            validate_every=10,
        )

    whole, killed = config("whole"), config("killed")
    first = start(whole, exact=True)
    second = start(killed, exact=True)
    wait_for_checkpoint(tmp_path / "killed", 1)
    time.sleep(random.uniform(0, 1.5))
    second.kill()
    second.communicate()
    done = len(list((tmp_path / "killed").glob("checkpoints/step-*.index")))
    third = start(killed, exact=True)
    output, _ = third.communicate(timeout=200)
    assert third.returncode == 0, output[-2000:]
    first.communicate(timeout=200)
    assert first.returncode == 0
    assert 1 <= done < 14, "it was killed while it trained"
    assert re.search(r"Going on at step \d+ of 40", output)
    states = [variables(restored(tmp_path / c, config(c))) for c in ("whole", "killed")]
    for a, b in zip(*states, strict=True):
        np.testing.assert_array_equal(a, b)


def cluster(index: int, ports: list[int]) -> dict[str, str]:
    workers = [f"localhost:{port}" for port in ports]
    task = {"type": "worker", "index": index}
    return {"TF_CONFIG": json.dumps({"cluster": {"worker": workers}, "task": task})}


def free_ports() -> list[int]:
    sockets = [socket.create_server(("localhost", 0)) for _ in range(2)]
    ports = [server.getsockname()[1] for server in sockets]
    for server in sockets:
        server.close()
    return ports


def kill(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        process.kill()
        if not process.stdout.closed:
            process.communicate()


@pytest.fixture
def worker_config(make_config, even_shards, tmp_path):
    def make(name: str, **changes):
        settings = {"data": even_shards, "batch_size": 8} | changes
        return make_config(tmp_path / name, **settings)

    return make


def test_two_workers_do_what_one_does(worker_config, tmp_path):
    """Over loopback, each with shards of its own."""
    together = worker_config("two", strategy="multi_worker")
    ports = free_ports()
    processes = [start(together, **cluster(index, ports)) for index in (0, 1)]
    outputs = [process.communicate(timeout=200)[0] for process in processes]
    for process, output in zip(processes, outputs, strict=True):
        assert process.returncode == 0, output[-2000:]
    assert "2 workers, 2 devices" in outputs[0]
    alone = worker_config("one", strategy="mirrored")
    process = start(alone)
    output, _ = process.communicate(timeout=200)
    assert process.returncode == 0, output[-2000:]
    two = restored(tmp_path / "two", together)
    one = restored(tmp_path / "one", alone)
    for name in ("generator", "discriminator", "averaged_generator"):
        models = getattr(one, name), getattr(two, name)
        for a, b in zip(*(model.variables for model in models), strict=True):
            a, b = a.numpy(), b.numpy()
            # Adam's rate of 1e-3 for four steps bounds what rounding can do to a
            # weight whose gradient is all but 0; nearly all agree far closer.
            np.testing.assert_allclose(a, b, atol=8e-3 * max(1, np.abs(a).max()))
            assert np.median(np.abs(a - b)) < 1e-4 * max(1e-2, np.abs(a).max()), name


def test_a_lost_worker_ends_the_other_and_the_run_goes_on(worker_config, tmp_path):
    run = tmp_path / "lost"
    endless = worker_config(
        "lost", strategy="multi_worker", steps=100_000, checkpoint_every=4
    )
    ports = free_ports()
    processes = [start(endless, **cluster(index, ports)) for index in (0, 1)]
    try:
        wait_for_checkpoint(run, 1)
        processes[1].kill()
        output, _ = processes[0].communicate(timeout=90)
    finally:
        kill(processes)
    assert processes[0].returncode == 2, output[-2000:]
    assert "error: another worker was lost after step" in output
    step = int(restored(run, endless).step)
    more = worker_config("lost", strategy="multi_worker", steps=step + 2)
    ports = free_ports()
    processes = [start(more, **cluster(index, ports)) for index in (0, 1)]
    outputs = [process.communicate(timeout=200)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert f"Going on at step {step} of {step + 2}" in outputs[0]


def test_workers_that_found_different_checkpoints_do_not_start(
    worker_config, trained_run, tmp_path
):
    """The run folder must lie on a disk that all share."""
    checkpoint = trained_run / "checkpoints"
    shutil.copytree(checkpoint, tmp_path / "first" / "checkpoints")
    configs = [worker_config(name, strategy="multi_worker") for name in FOLDERS]
    ports = free_ports()
    processes = [
        start(config, **cluster(index, ports)) for index, config in enumerate(configs)
    ]
    outputs = [process.communicate(timeout=90)[0] for process in processes]
    assert [process.returncode for process in processes] == [2, 2], outputs
    for output, step in zip(outputs, (4, 0), strict=True):
        assert f"this worker found step {step} in" in output
        assert "on a shared disk" in output


def test_a_stopped_worker_says_so(worker_config, tmp_path):
    """Ctrl-C on one: it saves what it has to save; the other ends too."""
    config = worker_config(
        "term", strategy="multi_worker", steps=100_000, checkpoint_every=4
    )
    ports = free_ports()
    processes = [start(config, **cluster(index, ports)) for index in (0, 1)]
    try:
        wait_for_checkpoint(tmp_path / "term", 1)
        processes[0].send_signal(signal.SIGINT)
        outputs = [process.communicate(timeout=90)[0] for process in processes]
    finally:
        kill(processes)
    assert processes[0].returncode == 2
    assert "which is saved" in outputs[0]
    assert processes[1].returncode == 2
    assert "another worker was lost" in outputs[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "needs the variable TF_CONFIG"),
        ("{", "cannot be understood"),
        ('{"task": {}}', "cannot be understood (KeyError: 'cluster')"),
        (
            '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}',
            "names 1 workers, so the index 1 is none",
        ),
        (
            '{"cluster": {"worker": ["a:1"]}, "task": {"type": "ps", "index": 0}}',
            "the task 'ps'",
        ),
    ],
)
def test_a_wrong_tf_config_is_explained(worker_config, monkeypatch, text, words):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(InputError) as caught:
        make_strategy(worker_config("none", strategy="multi_worker"))
    assert words in str(caught.value)
    assert "TF_CONFIG must be like" in str(caught.value)
