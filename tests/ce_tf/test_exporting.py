import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter

from ce_tf import masking
from ce_tf.backends import load_backend
from ce_tf.errors import InputError
from ce_tf.export import run as run_export
from ce_tf.exporting import saved_model as saved_model_module
from ce_tf.exporting.comparison import ExportError, compare_export
from ce_tf.exporting.saved_model import export_saved_model
from ce_tf.exporting.signature import erase_batch
from ce_tf.state import fill_tensor
from ce_tf.weights import load_generator
from tests.fakes import make_photo


@pytest.fixture(scope="module")
def generator(trained_run):
    return load_generator(trained_run).generator


@pytest.fixture(scope="module")
def pair() -> tuple[np.ndarray, np.ndarray]:
    mask = np.zeros((128, 128, 1), np.uint8)
    mask[30:70, 50:90] = 255
    return make_photo(7, 128, 128), mask


@pytest.fixture(params=["saved_model", "model.tflite"])
def exported(request, trained_run):
    return trained_run / "export" / request.param


def test_an_exported_file_erases_as_the_model_does(exported, generator, pair):
    run, size = load_backend(exported)
    assert size == 128
    image, mask = pair
    found = run(image, mask)
    batch = erase_batch(generator, None)(image[np.newaxis], mask[np.newaxis])
    difference = found.astype(int) - batch["image"][0].numpy()
    assert np.abs(difference).max() <= 1
    hole = mask[..., 0] > 0
    assert (found[~hole] == image[~hole]).all()
    assert (found[hole] != image[hole]).any()


def test_a_mask_of_ones_is_a_mask_of_255(exported, pair):
    run, _ = load_backend(exported)
    image, mask = pair
    assert (run(image, mask) == run(image, mask // 255)).all()


def test_weights_stand_once_in_the_files(trained_run, generator):
    size = 4 * sum(int(np.prod(weight.shape)) for weight in generator.weights)
    folder = trained_run / "export" / "saved_model" / "variables"
    data = sum(path.stat().st_size for path in folder.glob("*.data*"))
    assert data <= 1.02 * size
    # Beside the weights, the program of some 100 operators.
    tflite = (trained_run / "export" / "model.tflite").stat().st_size
    assert tflite <= 1.02 * size + 60_000


def test_the_saved_model_opens_without_our_code(trained_run, pair, tmp_path):
    image, mask = pair
    np.savez(tmp_path / "in.npz", image=image[np.newaxis], mask=mask[np.newaxis])
    code = """
import sys
sys.modules["keras"] = sys.modules["ce_tf"] = None  # importing them fails
import numpy as np, tensorflow as tf
folder, path = sys.argv[1:]
inputs = dict(np.load(path))
model = tf.saved_model.load(folder)
new = model.signatures["serving_default"](
    **{name: tf.constant(value) for name, value in inputs.items()}
)["image"].numpy()
with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    meta = tf.compat.v1.saved_model.load(session, ["serve"], folder)
    signature = meta.signature_def["serving_default"]
    old = session.run(
        signature.outputs["image"].name,
        {signature.inputs[name].name: value for name, value in inputs.items()},
    )
assert (new == old).all()
np.save(path + ".out.npy", new)
"""
    folder, path = trained_run / "export" / "saved_model", tmp_path / "in.npz"
    command = [sys.executable, "-c", code, str(folder), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    run, _ = load_backend(folder)
    assert (np.load(f"{path}.out.npy")[0] == run(image, mask)).all()


def test_saved_model_cli_shows_the_signature(trained_run):
    command = [
        *(sys.executable, "-m", "tensorflow.python.tools.saved_model_cli", "show"),
        *("--dir", str(trained_run / "export" / "saved_model")),
        *("--tag_set", "serve", "--signature_def", "serving_default"),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for text in (
        "inputs['image'] tensor_info:\n      dtype: DT_UINT8\n"
        "      shape: (-1, 128, 128, 3)",
        "inputs['mask'] tensor_info:\n      dtype: DT_UINT8\n"
        "      shape: (-1, 128, 128, 1)",
        "outputs['image'] tensor_info:\n      dtype: DT_UINT8",
    ):
        assert text in done.stdout


def test_the_tflite_file_suits_phones(trained_run):
    interpreter = Interpreter(str(trained_run / "export" / "model.tflite"))
    assert interpreter.get_signature_list() == {
        "erase": {"inputs": ["image", "mask"], "outputs": ["image"]}
    }
    details = interpreter.get_signature_runner("erase").get_input_details()
    assert details["image"]["shape"].tolist() == [1, 128, 128, 3]
    assert details["image"]["dtype"] == details["mask"]["dtype"] == np.uint8
    # Ops that a mobile GPU takes, or that stand at the rim; no SHAPE, PACK or Flex.
    used = {op["op_name"] for op in interpreter._get_ops_details()}
    assert used - {"DELEGATE"} <= {
        *("ADD", "CAST", "CONV_2D", "DIV", "FULLY_CONNECTED", "LEAKY_RELU"),
        *("MAXIMUM", "MINIMUM", "MUL", "RELU", "RESHAPE", "ROUND", "SUB", "SUM"),
        *("TANH", "TRANSPOSE_CONV"),
    }


def test_the_fill_colour_reaches_the_export(generator, pair, tmp_path, make_config):
    config = make_config(tmp_path, fill="dataset_mean")
    color = fill_tensor(config, (255.0, 0.0, 127.5))
    np.testing.assert_allclose(color, [1, -1, 0])
    assert fill_tensor(make_config(tmp_path), (255.0, 0.0, 127.5)) is None
    export_saved_model(generator, color, tmp_path / "model")
    run, _ = load_backend(tmp_path / "model")
    image, mask = pair
    assert (run(image, mask) != _with_mean_fill(generator, image, mask)).any()


def _with_mean_fill(generator, image, mask):
    batch = erase_batch(generator, None)(image[np.newaxis], mask[np.newaxis])
    return batch["image"][0].numpy()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda image, mask: image,
        lambda image, mask: np.full_like(image, 7),
    ],
)
def test_a_wrong_file_is_found_out(generator, wrong):
    with pytest.raises(ExportError):
        compare_export(generator, None, wrong, "model.tflite")


def test_a_wrong_file_never_stands_under_its_name(generator, tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "earlier").write_text("kept")
    monkeypatch.setattr(
        saved_model_module, "load_saved_model", lambda path: (lambda i, m: i, 128)
    )
    with pytest.raises(ExportError):
        export_saved_model(generator, None, tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert (tmp_path / "model" / "earlier").read_text() == "kept"


@pytest.mark.parametrize(
    ("flag", "words"), [("workdir", "no run folder"), ("out", "cannot write")]
)
def test_the_command_names_a_bad_flag(trained_run, tmp_path, capsys, flag, words):
    (tmp_path / "file").write_text("")
    flags = {"workdir": trained_run, "out": tmp_path / "out"}
    flags[flag] = tmp_path / "file" / "x"
    with pytest.raises(SystemExit) as stop:
        run_export(
            ["export.py", *(f"--{name}={value}" for name, value in flags.items())]
        )
    assert stop.value.code == 2
    assert words in capsys.readouterr().err


def test_no_model_is_a_clear_error(tmp_path):
    (tmp_path / "text.tflite").write_text("no model")
    (tmp_path / "empty").mkdir()
    for name, words in (
        ("text.tflite", "no TFLite file"),
        ("empty", r"holds no saved_model\.pb"),
        ("none", "does not exist"),
    ):
        with pytest.raises(InputError, match=words):
            load_backend(tmp_path / name)
    (tmp_path / "empty" / "saved_model.pb").write_text("no model")
    with pytest.raises(InputError, match="no SavedModel"):
        load_backend(tmp_path / "empty")


def test_prepare_is_the_same_in_training_and_export(generator, pair):
    """The export's pixels are what the training's own functions give."""
    image, mask = (array[np.newaxis] for array in pair)
    normal, hole, masked = masking.prepare_batch(image, mask, None, None)
    fake = generator({"image": masked, "mask": hole}, training=False)
    completed = masking.denormalize(masking.complete(normal, hole, fake))
    exported = erase_batch(generator, None)(image, mask)["image"]
    assert tf.reduce_all(completed == exported)
