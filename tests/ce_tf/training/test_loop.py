import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import cv2
import keras
import numpy as np
import pytest
import tensorflow as tf

from ce_tf.data.dataset import Dataset
from ce_tf.errors import InputError, StoppedError
from ce_tf.records.manifest import Manifest
from ce_tf.training.checkpoints import Checkpoints
from ce_tf.training.loop import train_and_evaluate
from ce_tf.training.progress import Writer
from ce_tf.training.run import train
from ce_tf.training.run_folder import RunFolder, read_config
from ce_tf.training.state import make_generator, make_state
from ce_tf.training.step import reported
from ce_tf.training.strategies import make_strategy
from ce_tf.training.validation import METRICS
from tests.ce_tf.training.states import ONE_NETWORK, fixed_order, restored, variables


def test_a_run_folder_holds_what_is_promised(trained_run, make_config):
    config = make_config(trained_run)
    assert read_config(RunFolder(trained_run)).config == config
    assert (trained_run / "checkpoints" / "step-4.index").exists()
    grid = cv2.imread(str(trained_run / "samples" / "step-0000004.png"))
    assert grid.shape[1] == 3 * 128 + 2 * 2
    assert grid.std() > 10


def test_tensorboard_gets_scalars_and_grids(trained_run, make_config):
    found = {}
    for path in (trained_run / "logs").glob("events*"):
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            event = tf.compat.v1.Event.FromString(record)
            for value in event.summary.value:
                found.setdefault(value.tag, []).append(event.step)
    rates = ("images_per_second", "generator_rate", "discriminator_rate")
    names = reported(make_config(trained_run))
    assert len(names) == 7
    for name in (*names, *rates):
        assert found[name] == [2, 4]
    for name in METRICS:
        assert found[f"validation/{name}"] == [4]
    assert found["masked_completed_real"] == [4]


def test_a_stopped_run_goes_on_as_if_never_stopped(make_config, trained_run, tmp_path):
    """Four steps at once, and two, a new start, and two: the same bits."""
    with fixed_order():
        train(make_config(tmp_path, steps=2))
        train(make_config(tmp_path, steps=4))
    states = [restored(run, make_config(run)) for run in (trained_run, tmp_path)]
    assert [int(state.step) for state in states] == [4, 4]
    assert states[0].generator_optimizer.iterations.numpy() == 4
    # All but the best score, the last of them: only the stopped run was measured at 2.
    for a, b in zip(*(variables(state)[:-1] for state in states), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_finished_run_has_nothing_left_to_do(make_config, trained_run, tmp_path):
    shutil.copytree(trained_run, tmp_path / "run")
    assert train(make_config(tmp_path / "run")) == {}


def test_the_loop_takes_any_data_and_any_writer(make_config, tmp_path):
    """Without a shard; started again, the data goes on where it was left."""
    starts, curves, grids = [], {}, []
    image = np.full((4, 128, 128, 3), 90, np.uint8)
    mask = np.zeros((4, 128, 128, 1), np.uint8)
    mask[:, 40:80, 40:80] = 1

    def batches(start: int, context: tf.distribute.InputContext) -> tf.data.Dataset:
        starts.append((start, context.num_input_pipelines))
        batch = {"image": image, "mask": mask, "row": np.arange(4, dtype=np.int32)}
        return tf.data.Dataset.from_tensors(batch).repeat()

    class Memory(Writer):
        def log(self, step, values, group=""):
            curves.update({(step, f"{group}{name}"): values[name] for name in values})

        def log_grid(self, step, grid):
            grids.append((step, grid.shape))

    manifest = Manifest({}, 128, 128, (0.0, 0.0, 0.0), {})
    data = Dataset("", manifest, batches, image, mask)
    run = RunFolder(tmp_path)
    run.samples.mkdir()
    for steps in (2, 4):
        config = make_config(tmp_path, steps=steps, sample_every=4, **ONE_NETWORK)
        with Memory(run.logs) as writer:
            strategy = make_strategy(config)
            losses = train_and_evaluate(config, strategy, data, run, writer)
    assert starts == [(0, 1), (8, 1)]
    assert losses == {name: curves[4, name] for name in reported(config)}
    assert curves[4, "reconstruction_loss"] < curves[2, "reconstruction_loss"]
    assert curves[4, "validation/psnr"] > curves[2, "validation/psnr"]
    assert [step for step, _ in grids] == [2, 4]


def test_a_run_of_an_earlier_version_goes_on(make_config, trained_run, tmp_path):
    """Its config.json has a setting more."""
    path = RunFolder(tmp_path).config
    fields = json.loads(RunFolder(trained_run).config.read_text())
    fields["config"]["cache"] = "none"
    path.write_text(json.dumps(fields))
    assert read_config(RunFolder(tmp_path)).config == make_config(trained_run)


def test_another_configuration_is_refused_naming_each_field(make_config, trained_run):
    with pytest.raises(InputError) as caught:
        train(make_config(trained_run, seed=3, fill="dataset_mean"))
    message = str(caught.value)
    assert "--seed was 0, is 3" in message
    assert "--fill was visible_mean, is dataset_mean" in message
    assert "width" not in message


def test_what_never_began_bars_no_other_settings(make_config, tmp_path):
    config = make_config(tmp_path, steps=1, init_from=str(tmp_path / "mistyped"))
    with pytest.raises(InputError, match="mistyped"):
        train(config)
    assert read_config(RunFolder(tmp_path)).config == config  # as kill -9 leaves it
    config = dataclasses.replace(config, init_from="", optimizer="muon", zoom=2.0)
    train(config)
    assert read_config(RunFolder(tmp_path)).config == config
    with pytest.raises(InputError, match=r"--zoom was 2\.0, is 1\.0"):
        train(dataclasses.replace(config, zoom=1.0))


def test_other_shards_are_refused(make_config, trained_run, shards, tmp_path):
    manifest = _change_manifest(shards, tmp_path / "shards", "train-images")
    manifest["splits"]["train"]["images"][0]["sha256"] = "0" * 64
    (tmp_path / "shards" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="are other ones"):
        train(make_config(trained_run, data=str(tmp_path / "shards")))


def test_missing_and_changed_shards_are_named(make_config, shards, tmp_path):
    folder = tmp_path / "shards"
    _change_manifest(shards, folder, "val-masks")
    changed = sorted(folder.glob("val-masks*"))[0]
    changed.write_bytes(changed.read_bytes() + b"x")
    with pytest.raises(InputError, match=changed.name):
        train(make_config(tmp_path / "run", data=str(folder)))
    changed.unlink()
    with pytest.raises(InputError, match=f"{changed.name} is missing"):
        train(make_config(tmp_path / "run", data=str(folder)))
    assert not (tmp_path / "run").exists()


def test_a_damaged_shard_is_named(make_config, shards, tmp_path):
    folder = tmp_path / "shards"
    _change_manifest(shards, folder, "train-images")
    path = sorted(folder.glob("train-images*"))[1]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255  # the same size, another byte
    path.write_bytes(data)
    with pytest.raises(InputError, match=f"damaged shards in .*: {path.name} "):
        train(make_config(tmp_path / "run", data=str(folder)))


def test_losses_that_are_no_numbers_stop_the_run(make_config, tmp_path):
    """At a rate that no training survives: the step is named, nothing bad is kept."""
    config = make_config(tmp_path, steps=50, generator_rate=1e30, log_every=50)
    with pytest.raises(InputError) as caught:
        train(config)
    message = str(caught.value)
    assert re.search(r"the losses of step \d+ are not finite", message)
    assert "last good checkpoint is none" in message
    assert "--generator_rate (now 1e+30)" in message


def test_weights_that_are_no_numbers_are_not_saved(make_config, tmp_path):
    state = make_state(make_config(tmp_path))
    kernel = state.generator.bottleneck.kernel
    kernel.assign(np.full(kernel.shape, np.nan))
    checkpoints = Checkpoints(tmp_path, state, keep=1)
    with pytest.raises(InputError, match=r"bottleneck/kernel are not finite"):
        checkpoints.save()
    assert checkpoints.newest == "none"


def test_a_folder_without_a_manifest_is_refused(make_config, tmp_path):
    with pytest.raises(InputError, match=r"no manifest\.json"):
        train(make_config(tmp_path / "run", data=str(tmp_path)))


def test_an_unwritable_workdir_is_refused(make_config, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="--workdir"):
        train(make_config(tmp_path / "file" / "run"))


def test_initializer_and_seed_decide_the_first_weights(make_config, tmp_path):
    def first(**changes):
        config = make_config(tmp_path, **changes)
        keras.utils.set_random_seed(config.seed)
        return make_generator(config).bottleneck.kernel.numpy()

    assert (first() == first()).all()
    assert (first() != first(seed=1)).all()
    assert abs(first(initializer="dcgan").std() - 0.02) < 0.002


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_saves_and_stops(make_config, tmp_path, name):
    """The real command: it saves, says so, and can go on; with SIGHUP unheard."""
    endless = {"steps": 100_000, "checkpoint_every": 100_000}
    config = make_config(tmp_path / "run", **endless, **ONE_NETWORK)
    flags = [
        f"--{name}={value}"
        for name, value in dataclasses.asdict(config).items()
        if not isinstance(value, bool)
    ]
    command = [sys.executable, "-m", "ce_tf.train", *flags, "--noexport"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 280  # on a busy core it starts late
        logs = tmp_path / "run" / "logs"
        while not _has_points(logs) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert _has_points(logs)  # a signal before the first step finds the default
        if name == "SIGHUP":  # the reader of its output goes first
            process.stderr.close()
            time.sleep(1)
        os.kill(process.pid, getattr(signal, name))
        stderr = "" if name == "SIGHUP" else process.communicate(timeout=180)[1]
        process.wait(180)
    finally:
        process.kill()
    assert process.returncode == 128 + getattr(signal, name)
    if name != "SIGHUP":
        assert "error" not in stderr.splitlines()[-1]
        assert "which is saved" in stderr.splitlines()[-1]
    assert int(restored(tmp_path / "run", config).step) > 0


@pytest.mark.parametrize("moment", ["log", "log_grid"])
def test_a_signal_between_two_steps_saves_too(
    make_config, tmp_path, monkeypatch, moment
):
    """While points are logged or samples drawn; then no step sees the signal."""
    usual = getattr(Writer, moment)

    def interrupted(*args) -> None:
        usual(*args)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Writer, moment, interrupted)
    config = make_config(
        tmp_path / "run",
        steps=50,
        log_every=2,
        sample_every=2,
        checkpoint_every=100_000,
        **ONE_NETWORK,
    )
    with pytest.raises(StoppedError, match="at step 2, which is saved"):
        train(config)
    assert int(restored(tmp_path / "run", config).step) == 2


def _has_points(logs) -> bool:
    return any(path.stat().st_size > 200 for path in logs.glob("events*"))


def _change_manifest(shards: str, folder, prefix: str) -> dict:
    """A copy of the shards whose files may be changed; returns its manifest."""
    shutil.copytree(shards, folder)
    assert list(folder.glob(f"{prefix}*"))
    return json.loads((folder / "manifest.json").read_text())
