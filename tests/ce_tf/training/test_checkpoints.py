import resource
import shutil

import numpy as np
import pytest

from ce_tf.errors import InputError
from ce_tf.training.checkpoints import Checkpoints, find_checkpoint, restore_model
from ce_tf.training.run import train
from ce_tf.training.state import TrainState, make_generator, make_state
from tests.ce_tf.training.states import ONE_NETWORK, assignable, variables


@pytest.mark.parametrize("change", [{}, {"precision": "float16"}, {"ema": 0.0}])
def test_a_checkpoint_holds_every_variable(make_config, tmp_path, change):
    config = make_config(tmp_path, **change)
    saved, loaded = make_state(config), make_state(config)
    rng = np.random.default_rng(0)
    for number, variable in enumerate(assignable(saved)):
        values = rng.random(variable.shape) + number
        variable.assign(values.astype(variable.numpy().dtype))
    saved.step.assign(7)
    Checkpoints(tmp_path, saved, keep=1).save()
    assert Checkpoints(tmp_path, loaded, keep=1).restore() == 7
    for a, b in zip(variables(saved), variables(loaded), strict=True):
        np.testing.assert_array_equal(a, b)
    exported = make_generator(config)
    assert restore_model(find_checkpoint(tmp_path), "generator", exported) == 7
    for a, b in zip(saved.generator.weights, exported.weights, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_checkpoints_are_made_and_kept_as_asked(make_config, tmp_path):
    train(
        make_config(
            tmp_path,
            steps=5,
            checkpoint_every=1,
            keep_checkpoints=2,
            sample_every=2,
            validate_every=2,
        )
    )
    assert _names(tmp_path / "checkpoints") == ["step-4", "step-5"]
    assert len(_names(tmp_path / "checkpoints" / "best")) == 1
    grids = sorted(path.name for path in (tmp_path / "samples").iterdir())
    assert grids == ["step-0000002.png", "step-0000004.png", "step-0000005.png"]


def test_checkpoints_are_made_in_time(make_config, tmp_path):
    """Each call takes longer than a millionth of a minute. On two replicas."""
    two = {"strategy": "mirrored", **ONE_NETWORK}
    train(make_config(tmp_path, checkpoint_minutes=1e-6, keep_checkpoints=9, **two))
    assert _names(tmp_path / "checkpoints") == ["step-2", "step-4"]


@pytest.fixture(scope="module")
def first_values(make_config, tmp_path_factory) -> TrainState:
    return make_state(make_config(tmp_path_factory.mktemp("first")))


@pytest.fixture
def three(first_values, tmp_path) -> tuple[Checkpoints, TrainState]:
    """Checkpoints of steps 1 to 3; the best is that of step 2."""
    state = first_values
    state.best.assign(float("-inf"))
    checkpoints = Checkpoints(tmp_path, state, keep=3)
    for step in (1, 2, 3):
        state.step.assign(step)
        checkpoints.save()
        if step == 2:
            state.best.assign(20.0)
            checkpoints.save_best()
    return checkpoints, state


def test_best_and_latest_are_found(three):
    folder = three[0].folder
    assert find_checkpoint(folder, "latest").endswith("step-3")
    assert find_checkpoint(folder, "best").endswith("best/step-2")
    shutil.rmtree(folder / "best")
    assert find_checkpoint(folder, "best").endswith("step-3")


@pytest.mark.parametrize("damage", ["truncated", "changed", "gone"])
def test_the_one_before_a_damaged_checkpoint_is_used(three, damage, capsys):
    checkpoints, state = three
    data = next(checkpoints.folder.glob("step-3.data*"))
    content = bytearray(data.read_bytes())
    if damage == "truncated":
        data.write_bytes(content[:1000])
    elif damage == "changed":
        content[len(content) // 2] ^= 255
        data.write_bytes(content)
    else:
        data.unlink()
    again = Checkpoints(checkpoints.folder, state, keep=3)
    assert again.restore() == 2
    output = capsys.readouterr().out
    assert "step-3 cannot be restored" in output
    assert "step-2 is used instead" in output


def test_a_run_without_a_whole_checkpoint_is_not_started_anew(three):
    checkpoints, state = three
    for data in checkpoints.folder.glob("step-*.data*"):
        data.write_bytes(b"")
    with pytest.raises(InputError, match="No older one is whole"):
        Checkpoints(checkpoints.folder, state, keep=3).restore()


def test_a_full_disk_is_told_and_older_checkpoints_stay(three):
    checkpoints, state = three
    before = _contents(checkpoints.folder)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    state.step.assign(4)
    try:
        # No file may grow beyond this, as on a disk that has no more room.
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        with pytest.raises(InputError, match="Older ones are as they were"):
            checkpoints.save()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert _contents(checkpoints.folder) == before
    assert Checkpoints(checkpoints.folder, state, keep=3).restore() == 3


def test_a_folder_without_a_checkpoint_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no checkpoint"):
        find_checkpoint(tmp_path, "best")


def test_a_checkpoint_of_another_network_is_refused(make_config, three):
    checkpoints, _ = three
    other = make_generator(make_config(checkpoints.folder, width=1 / 8))
    with pytest.raises(InputError, match="cannot be restored"):
        restore_model(find_checkpoint(checkpoints.folder), "generator", other)


def _names(folder) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.index"))


def _contents(folder) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in folder.glob("step-*")
        if path.suffix != ".tmp"
    }
