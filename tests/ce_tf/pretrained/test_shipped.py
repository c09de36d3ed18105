"""The weights in the package themselves: whole, small, and as their cards say."""

import subprocess
import sys

import cv2
import keras
import numpy as np
import pytest

from ce_tf.erasing.eraser import Eraser
from ce_tf.exporting.flatbuffer import list_ops
from ce_tf.pretrained import files
from ce_tf.training.weights import load_generator
from tests.ce_tf.models.test_free_sizes import GPU_OPS
from tests.fakes import make_photo, real_photo

# What the file adds to the network: bytes to floats and back, and the fill.
DOOR_OPS = {"CAST", "DEQUANTIZE", "ROUND", "SUM"}


@pytest.fixture(params=[files.FAITHFUL, files.VIVID])
def name(request) -> str:
    return request.param


def test_both_files_are_whole_and_small(name):
    paths = (files.find_model(name), files.find_weights(name))
    sizes = {path.name: path.stat().st_size for path in paths}
    assert sizes[files.MODEL] <= 12_000_000
    # Of both models together 24 MB.
    assert sum(sizes.values()) <= 12_000_000
    card = files.read_card(name)
    generator = load_generator(paths[1]).generator
    assert generator.count_params() == card["parameters"] <= 6_000_000
    assert {name: entry["bytes"] for name, entry in card["files"].items()} == sizes


def test_one_of_the_models_has_two_names():
    assert files.find_model("pretrained") == files.find_model("faithful")
    assert files.find_model("vivid") != files.find_model("faithful")


def test_the_card_has_what_a_user_asks(name):
    card = files.read_card(name)
    assert card["license"] == "Apache-2.0"
    assert card["hours"] > 0
    assert card["limits"]
    assert "VOC" in card["trained_on"]
    assert {report["protocol"] for report in card["evaluation"]} == {
        "records",
        "center",
    }
    # A machine's paths are nobody's business.
    assert card["config"]["data"] == card["config"]["workdir"] == ""
    assert "/" not in card["config"]["init_from"]


def test_the_two_files_are_one_network(name):
    generator = load_generator(files.find_weights(name)).generator
    assert isinstance(generator, keras.Model)
    image, mask = real_photo(3, 128, 128), np.zeros((128, 128), np.uint8)
    mask[30:70, 40:100] = 1
    lite = Eraser(name).erase(image, mask, detail=0)
    direct = Eraser(generator).erase(image, mask, detail=0)
    # Weights of 16 bits in both, of the file's folded with their normalisation.
    assert np.abs(lite.astype(int) - direct).max() <= 2


def test_phones_can_run_the_network_on_their_gpu(name):
    ops = set(list_ops(files.find_model(name).read_bytes()))
    assert "CONV_2D" in ops
    assert ops <= GPU_OPS | DOOR_OPS


def test_it_erases_right_after_installation(tmp_path):
    """The command alone: no model, no TensorFlow, no network."""
    photo, mask = make_photo(5, 200, 300), np.zeros((200, 300), np.uint8)
    mask[60:110, 120:190] = 255
    cv2.imwrite(str(tmp_path / "photo.png"), photo)
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    blocked = (
        "import sys, socket\n"
        "sys.modules['tensorflow'] = sys.modules['keras'] = None\n"
        "def refuse(*_): raise OSError('no network')\n"
        "socket.socket.connect = refuse\n"
        "from ce_tf.erase import run\n"
        "run(['erase', *sys.argv[1:]])\n"
    )
    done = subprocess.run(
        [
            *(sys.executable, "-c", blocked, str(tmp_path / "photo.png")),
            *(f"--mask={tmp_path / 'mask.png'}", f"--out={tmp_path / 'out.png'}"),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    result = cv2.imread(str(tmp_path / "out.png"))
    assert (result[mask == 0] == photo[mask == 0]).all()
    assert (result[mask > 0] != photo[mask > 0]).any()
