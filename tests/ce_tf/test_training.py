import dataclasses
import json
import os
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

from ce_tf.checkpoints import Checkpoints, restore_generator
from ce_tf.errors import InputError
from ce_tf.run_folder import RunFolder, read_config
from ce_tf.state import make_generator, make_state
from ce_tf.steps import SCALARS
from ce_tf.training import train


def restored(run, config):
    state = make_state(config)
    return Checkpoints(run / "checkpoints", state, keep=1), state


def variables(state) -> list[np.ndarray]:
    """All that a step changes, statistics and optimizers included."""
    return [variable.numpy() for variable in [*_assignable(state), state.step]]


def _assignable(state) -> list:
    owners = (
        *(state.generator, state.discriminator),
        *(state.generator_optimizer, state.discriminator_optimizer),
    )
    return [variable for owner in owners for variable in owner.variables]


def test_a_run_folder_holds_what_is_promised(trained_run, make_config):
    config = make_config(trained_run)
    assert read_config(RunFolder(trained_run)).config == config
    assert (trained_run / "checkpoints" / "step-4.index").exists()
    grid = cv2.imread(str(trained_run / "samples" / "step-0000004.png"))
    assert grid.shape[1] == 3 * 128 + 2 * 2
    assert grid.std() > 10


def test_tensorboard_gets_scalars_and_grids(trained_run):
    found = {}
    for path in (trained_run / "logs").glob("events*"):
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            event = tf.compat.v1.Event.FromString(record)
            for value in event.summary.value:
                found.setdefault(value.tag, []).append(event.step)
    for name in SCALARS:
        assert found[name] == [2, 4]
    assert found["images_per_second"] == [2, 4]
    assert found["masked_completed_real"] == [4]


def test_a_stopped_run_goes_on_as_if_never_stopped(make_config, trained_run, tmp_path):
    """Four steps at once, and two, a new start, and two: the same networks."""
    train(make_config(tmp_path, steps=2))
    train(make_config(tmp_path, steps=4))
    states = []
    for run in (trained_run, tmp_path):
        checkpoints, state = restored(run, make_config(run))
        assert checkpoints.restore() == 4
        states.append(state)
    assert states[0].generator_optimizer.iterations.numpy() == 4
    for a, b in zip(*map(variables, states), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


def test_a_checkpoint_holds_every_variable(make_config, tmp_path):
    config = make_config(tmp_path)
    saved, loaded = make_state(config), make_state(config)
    rng = np.random.default_rng(0)
    for number, variable in enumerate(_assignable(saved)):
        variable.assign(rng.random(variable.shape) + number)
    saved.step.assign(7)
    Checkpoints(tmp_path, saved, keep=1).save()
    assert Checkpoints(tmp_path, loaded, keep=1).restore() == 7
    for a, b in zip(variables(saved), variables(loaded), strict=True):
        np.testing.assert_array_equal(a, b)
    exported = make_generator(config)
    assert restore_generator(tmp_path, exported) == 7
    for a, b in zip(saved.generator.weights, exported.weights, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_a_finished_run_has_nothing_left_to_do(make_config, trained_run, tmp_path):
    shutil.copytree(trained_run, tmp_path / "run")
    assert train(make_config(tmp_path / "run")) == {}


def test_checkpoints_are_made_and_kept_as_asked(make_config, tmp_path):
    train(
        make_config(
            tmp_path, steps=5, checkpoint_every=1, keep_checkpoints=2, sample_every=2
        )
    )
    names = sorted(path.name for path in (tmp_path / "checkpoints").glob("*.index"))
    assert names == ["step-4.index", "step-5.index"]
    grids = sorted(path.name for path in (tmp_path / "samples").iterdir())
    assert grids == ["step-0000002.png", "step-0000004.png", "step-0000005.png"]


def test_another_configuration_is_refused_naming_each_field(make_config, trained_run):
    with pytest.raises(InputError) as caught:
        train(make_config(trained_run, seed=3, fill="dataset_mean"))
    message = str(caught.value)
    assert "--seed was 0, is 3" in message
    assert "--fill was visible_mean, is dataset_mean" in message
    assert "width" not in message


def test_other_shards_are_refused(make_config, trained_run, shards, tmp_path):
    manifest = _change_manifest(shards, tmp_path / "shards", "train-images")
    manifest["splits"]["train"]["images"][0]["sha256"] = "0" * 64
    (tmp_path / "shards" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="are other ones"):
        train(make_config(trained_run, data=str(tmp_path / "shards")))


def test_a_run_that_holds_no_checkpoint_cannot_be_exported(make_config, tmp_path):
    with pytest.raises(InputError, match="holds no checkpoint"):
        restore_generator(tmp_path, make_generator(make_config(tmp_path)))


def test_a_damaged_checkpoint_is_named(make_config, trained_run, tmp_path):
    shutil.copytree(trained_run / "checkpoints", tmp_path / "checkpoints")
    data = next((tmp_path / "checkpoints").glob("step-4.data*"))
    data.write_bytes(data.read_bytes()[:1000])
    checkpoints, _ = restored(tmp_path, make_config(tmp_path))
    with pytest.raises(InputError, match="step-4 cannot be restored"):
        checkpoints.restore()


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


def test_a_damaged_record_ends_in_a_clear_error(make_config, shards, tmp_path):
    folder = tmp_path / "shards"
    _change_manifest(shards, folder, "train-images")
    for path in folder.glob("train-images*"):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 255  # the same size, another byte
        path.write_bytes(data)
    with pytest.raises(InputError, match="is damaged or gone"):
        train(make_config(tmp_path / "run", data=str(folder)))


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


def test_a_signal_saves_and_stops(make_config, tmp_path):
    """SIGTERM on the real command: it saves, says so, and can go on."""
    config = make_config(tmp_path / "run", steps=100_000, checkpoint_every=100_000)
    flags = [
        f"--{name}={value}"
        for name, value in dataclasses.asdict(config).items()
        if not isinstance(value, bool)
    ]
    command = [sys.executable, "-m", "ce_tf.train", *flags, "--noexport"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 120
        logs = tmp_path / "run" / "logs"
        while not _has_points(logs) and time.monotonic() < deadline:
            time.sleep(0.2)
        os.kill(process.pid, signal.SIGTERM)
        _, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 2
    assert "which is saved" in stderr
    checkpoints, _ = restored(tmp_path / "run", config)
    assert checkpoints.restore() > 0


def _has_points(logs) -> bool:
    return any(path.stat().st_size > 200 for path in logs.glob("events*"))


def _change_manifest(shards: str, folder, prefix: str) -> dict:
    """A copy of the shards whose files may be changed; returns its manifest."""
    shutil.copytree(shards, folder)
    assert list(folder.glob(f"{prefix}*"))
    return json.loads((folder / "manifest.json").read_text())
