"""Networks in Keras: `ce_tf.load`, `.keras` files, and the code of docs/keras.md."""

import dataclasses
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import h5py
import keras
import numpy as np
import pytest

import ce_tf
from ce_tf.errors import InputError
from ce_tf.pretrained.files import find_weights
from ce_tf.training.config import TrainConfig
from ce_tf.training.state import fill_tensor, make_generator
from ce_tf.training.weights import load_generator, save_model
from tests.fakes import find_photographs

ROOT = Path(__file__).parents[2]
DOC = ROOT / "docs" / "keras.md"


def run_python(folder: Path, *arguments: str) -> str:
    """Runs this Python in a folder; what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def same(first, second) -> bool:
    return all(
        (one.numpy() == other.numpy()).all()
        for one, other in zip(first.weights, second.weights, strict=True)
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory, shards) -> Path:
    """Where the page's code runs: photos, shards, a run's export."""
    folder = tmp_path_factory.mktemp("keras")
    (folder / "photos").mkdir()
    for number, path in enumerate(find_photographs()[1:3]):  # a PNG and a JPEG
        shutil.copy(path, folder / "photos" / f"{number}{path.suffix}")
    shutil.copy(sorted((folder / "photos").glob("*.jpg"))[0], folder / "photo.jpg")
    (folder / "shards").symlink_to(shards)
    (folder / "run" / "export").mkdir(parents=True)
    shutil.copy(find_weights(), folder / "run" / "export" / "generator.keras")
    return folder


CHECKS = """
before, after = ce_tf.load("pretrained"), ce_tf.load("mine.keras")
for one, other in zip(model.weights, after.weights, strict=True):
    assert (one.numpy() == other.numpy()).all()
# Noise stays as it was drawn; softmax does not see what all scores have in common, and
# the norm after attention not what all places do: those two move by rounding, or not.
free = {"noise/noise", "attention/key/bias", "attention/value/bias"}
assert free < {one.path for one in before.weights}
still = [one.path for one, other in zip(before.weights, after.weights, strict=True)
         if (one.numpy() == other.numpy()).all()]
assert set(still) <= free, still
for one, other in zip(before.weights, again.weights, strict=True):
    assert (one.numpy() == other.numpy()).all()
random = np.random.default_rng(0)
picture = random.uniform(-1, 1, (2, 256, 256, 3)).astype("float32")
where = np.zeros((2, 256, 256, 1), "float32")
where[:, 60:150, 80:200] = 1
drawn = eraser.predict([picture, where], verbose=0)
kept = where[..., 0] == 0
assert (drawn[kept] == picture[kept]).all() and (drawn[~kept] != picture[~kept]).any()
assert (result[hole == 0] == photo[hole == 0]).all()
assert (result[hole > 0] != photo[hole > 0]).any()
clone = keras.models.clone_model(again)
assert type(clone) is type(again)
again.trainable = False
assert not again.trainable_variables and again.variables
again.quantize("int8")
small = again({"image": picture * (1 - where), "mask": where})
assert np.isfinite(small).all()
"""


def test_the_pages_code_runs_from_first_to_last(folder):
    blocks = re.findall(r"```python\n(.*?)```", DOC.read_text(), re.S)
    assert len(blocks) == 5
    out = run_python(folder, "-c", "".join(blocks) + CHECKS)
    assert "Total params: 3,706,539" in out

    (commands,) = re.findall(r"```\n(python export\.py.*?)```", DOC.read_text(), re.S)
    hole = np.zeros(cv2.imread(str(folder / "photo.jpg")).shape[:2], np.uint8)
    hole[40:90, 50:110] = 255
    cv2.imwrite(str(folder / "mask.png"), hole)
    for command in commands.splitlines():
        words = shlex.split(command.replace("export.py", "-m ce_tf.export"))
        assert words.pop(0) == "python"
        run_python(folder, *words)
    exported = ce_tf.load(folder / "export")
    assert same(exported, ce_tf.load(folder / "mine.keras"))
    assert cv2.imread(str(folder / "result.png")).shape[:2] == hole.shape


def test_import_ce_tf_imports_nothing_heavy(tmp_path):
    code = """
import sys, ce_tf
ce_tf.load, ce_tf.Eraser
heavy = {"keras", "tensorflow", "h5py", "ai_edge_litert"} & set(sys.modules)
assert not heavy, heavy
import importlib.util
assert importlib.util.find_spec("keras").name == "keras"  # a look is no import
"""
    run_python(tmp_path, "-c", code)


@pytest.mark.parametrize("order", ["ce_tf, keras", "keras, ce_tf"])
def test_keras_opens_the_file_whatever_is_imported_first(tmp_path, order):
    code = f"""
import sys
sys.modules["ce_tf.training"] = None  # Keras alone opens it
import {order}
model = keras.models.load_model(sys.argv[1])
assert model.name == "painter" and model.size == 256
assert keras.__spec__.loader is keras.__loader__
assert type(keras.__loader__).__module__ != "ce_tf.registration"
assert not [finder for finder in sys.meta_path if "ce_tf" in type(finder).__module__]
"""
    run_python(tmp_path, "-c", code, str(find_weights()))


def test_no_keras_and_an_old_keras_leave_the_eraser_alone(tmp_path):
    (tmp_path / "keras.py").write_text("__version__ = '2.15.0'\n")
    run_python(tmp_path, "-c", "import ce_tf, keras; ce_tf.Eraser()")
    blocked = "import sys; sys.modules['keras'] = None; import ce_tf; ce_tf.Eraser()"
    run_python(tmp_path, "-c", blocked)


def test_every_kind_of_path_is_loaded(trained_run, export_of, tmp_path):
    run = ce_tf.load(trained_run)
    assert isinstance(run, keras.Model)
    export = export_of("float32").parent
    for path in (export, export / "generator.keras", str(export)):
        assert same(ce_tf.load(path), run)
    assert same(ce_tf.load(), ce_tf.load("pretrained"))


def test_weights_of_an_earlier_export_are_loaded(trained_run, tmp_path):
    trained = load_generator(trained_run)
    path = tmp_path / "generator.weights.h5"
    trained.generator.save_weights(path)
    about = {"model": "context_encoder", "width": 1 / 16, "fill": "visible_mean"}
    about |= {"mean_color": [1, 2, 3], "step": 4, "description": "of old"}
    with h5py.File(path, "a") as file:
        file.attrs["ce_tf"] = json.dumps(about)
    for place in (path, tmp_path):
        assert same(ce_tf.load(place), trained.generator)
    assert load_generator(path).description == "of old"


def test_what_it_is_not_is_said(tmp_path):
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(
        tmp_path / "other.keras"
    )
    (tmp_path / "text.keras").write_text("no archive")
    for name, words in (
        ("gone.keras", "does not exist"),
        ("text.keras", "no trained network of ce_tf"),
        ("other.keras", "it holds a Sequential"),
        ("gone", "no run folder"),
    ):
        with pytest.raises(InputError, match=f"{name}.*{words}"):
            ce_tf.load(tmp_path / name)


def test_size_and_fill_are_in_the_file(trained_run, tmp_path):
    config = TrainConfig(
        data="", workdir="", model="compact", width=1 / 16, size=64, fill="data_mean"
    )
    trained = dataclasses.replace(
        load_generator(trained_run),
        config=config,
        generator=make_generator(config),
        mean_color=(10.0, 20.0, 30.0),
    )
    save_model(tmp_path / "net.keras", trained)
    again = load_generator(tmp_path / "net.keras")
    assert again.generator.size == ce_tf.load(tmp_path / "net.keras").size == 64
    expected = fill_tensor("data_mean", (10.0, 20.0, 30.0))
    np.testing.assert_array_equal(again.fill_color, expected)
    # Keras keeps the size too, but knows of no colour.
    opened = keras.models.load_model(tmp_path / "net.keras")
    assert opened.size == 64
    opened.save(tmp_path / "own.keras")
    own = load_generator(tmp_path / "own.keras")
    assert (own.generator.size, own.config.width) == (64, 1 / 16)
    assert own.fill_color is None
