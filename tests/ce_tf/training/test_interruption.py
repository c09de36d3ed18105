"""Runs that are killed, in processes of their own."""

import contextlib
import json
import os
import random
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
from tests.ce_tf.training.states import ONE_NETWORK, restored, variables

ROOT = Path(__file__).parents[3]

RUN = """
from ce_tf.train import run
run()
"""
# Every op in a fixed order: on one machine the same bits each time.
EXACT = f"""
import tensorflow as tf
tf.config.experimental.enable_op_determinism()
{RUN}
"""
# Is killed as it is about to save what it learned in three steps.
KILLED = f"""
import os, signal
import tensorflow as tf
save = tf.train.CheckpointManager.save
def save_or_die(manager, checkpoint_number):
    if checkpoint_number == 9:
        os.kill(os.getpid(), signal.SIGKILL)
    return save(manager, checkpoint_number=checkpoint_number)
tf.train.CheckpointManager.save = save_or_die
{EXACT}
"""
IN_FLOAT64 = f"""
from tests.ce_tf.training.precision import use_float64
use_float64()
{RUN}
"""

FOLDERS = ("first", "second")
# Seconds after which a process counts as stuck, on the slowest machine.
PATIENCE = 600


@pytest.fixture
def start():
    """Starts the training command with the flags of a config; ends it with the test."""
    processes = []

    def start(config, program: str = RUN, **environment: str) -> subprocess.Popen:
        flags = [
            f"--{name}={str(value).lower() if isinstance(value, bool) else value}"
            for name, value in vars(config).items()
        ]
        process = subprocess.Popen(
            [sys.executable, "-c", program, *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | environment,
            cwd=ROOT,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        if not process.stdout.closed:
            process.communicate()


def end(process: subprocess.Popen) -> str:
    """What it said, once it has ended well."""
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output[-2000:]
    return output


def wait_for_checkpoint(run: Path, after: int = 0) -> None:
    """Until one of a later step than `after` is there."""
    deadline = time.monotonic() + PATIENCE
    names = "checkpoints/step-*.index"
    while all(int(path.stem[5:]) <= after for path in run.glob(names)):
        assert time.monotonic() < deadline, "no checkpoint in time"
        time.sleep(0.05)


def test_a_killed_run_ends_with_the_same_bits(start, make_config, tmp_path):
    """kill -9, and a new start: as one that was never stopped."""

    def config(name: str):
        return make_config(
            tmp_path / name,
            steps=12,
            checkpoint_every=3,
            keep_checkpoints=50,
            validate_every=10,
        )

    whole = start(config("whole"), EXACT)
    killed = start(config("killed"), KILLED)
    killed.communicate(timeout=PATIENCE)
    assert killed.returncode == -signal.SIGKILL
    saved = (tmp_path / "killed" / "checkpoints").glob("step-*.index")
    assert {path.name for path in saved} == {"step-3.index", "step-6.index"}
    assert "Going on at step 6 of 12" in end(start(config("killed"), EXACT))
    end(whole)
    states = [variables(restored(tmp_path / c, config(c))) for c in ("whole", "killed")]
    for a, b in zip(*states, strict=True):
        np.testing.assert_array_equal(a, b)


def cluster(index: int, ports: list[int]) -> dict[str, str]:
    workers = [f"localhost:{port}" for port in ports]
    task = {"type": "worker", "index": index}
    return {"TF_CONFIG": json.dumps({"cluster": {"worker": workers}, "task": task})}


def free_ports() -> list[int]:
    """Two that nobody listens on, and that no system gives to a connection meanwhile.

    Those begin at 32768, and tests that run beside this one make many.
    """
    ports: list[int] = []
    while len(ports) < 2:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("localhost", port)):
            ports += [port] if port not in ports else []
    return ports


@pytest.fixture
def worker_config(make_config, even_shards, tmp_path):
    def make(name: str, **changes):
        settings = {"data": even_shards, "batch_size": 8} | changes
        return make_config(tmp_path / name, **settings)

    return make


@pytest.mark.numeric
def test_two_workers_do_what_one_does(start, worker_config, tmp_path):
    """Over loopback, each with shards of its own: the same gradients, four times.

    The rates are so small that no weight moves: Adam makes any difference in a gradient
    near 0 as large as the rate. What is compared is its moments, sums of the gradients
    and of their squares, and the moving statistics. Networks compute in float64, and a
    fill of one colour for all has no sum in it; so what is left is that float32 holds
    each worker's gradient, to 6e-8 of its size, before they are added.
    """
    still = {"generator_rate": 1e-12, "discriminator_rate": 1e-12}
    settings = {"fill": "dataset_mean", **still}
    together = worker_config("two", strategy="multi_worker", **settings)
    alone = worker_config("one", strategy="mirrored", **settings)
    ports = free_ports()
    processes = [
        start(together, IN_FLOAT64, **cluster(index, ports)) for index in (0, 1)
    ]
    first, _ = map(end, processes)
    assert "2 workers, 2 devices" in first
    end(start(alone, IN_FLOAT64))
    two, one = restored(tmp_path / "two", together), restored(tmp_path / "one", alone)
    for a, b in zip(variables(two), variables(one), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5 * np.abs(b).max())


def test_a_worker_that_is_lost_or_stopped_ends_the_other(
    start, worker_config, tmp_path
):
    """First by kill -9; then, in the run that goes on, by Ctrl-C, which saves."""
    run = tmp_path / "run"
    endless = {"steps": 100_000, "checkpoint_every": 4, **ONE_NETWORK}
    config = worker_config("run", strategy="multi_worker", **endless)

    def start_two() -> list[subprocess.Popen]:
        ports = free_ports()
        return [start(config, **cluster(index, ports)) for index in (0, 1)]

    first, second = start_two()
    wait_for_checkpoint(run)
    second.kill()
    output, _ = first.communicate(timeout=PATIENCE)
    assert first.returncode == 2, output[-2000:]
    assert "error: another worker was lost after step" in output
    step = int(restored(run, config).step)

    first, second = start_two()
    wait_for_checkpoint(run, after=step)
    first.send_signal(signal.SIGINT)
    outputs = [process.communicate(timeout=PATIENCE)[0] for process in (first, second)]
    assert f"Going on at step {step} of 100000" in outputs[0]
    assert first.returncode == 130
    assert "which is saved" in outputs[0]
    assert second.returncode == 2
    assert "another worker was lost" in outputs[1]


def test_workers_that_found_different_checkpoints_do_not_start(
    start, worker_config, trained_run, tmp_path
):
    """The run folder must lie on a disk that all share."""
    checkpoint = trained_run / "checkpoints"
    shutil.copytree(checkpoint, tmp_path / "first" / "checkpoints")
    configs = [worker_config(name, strategy="multi_worker") for name in FOLDERS]
    ports = free_ports()
    processes = [
        start(config, **cluster(index, ports)) for index, config in enumerate(configs)
    ]
    outputs = [process.communicate(timeout=PATIENCE)[0] for process in processes]
    assert [process.returncode for process in processes] == [2, 2], outputs
    for output, step in zip(outputs, (4, 0), strict=True):
        assert f"this worker found step {step} in" in output
        assert "on a shared disk" in output


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
