"""The weights in the package themselves: whole, small, and good on real photographs."""

import subprocess
import sys

import cv2
import keras
import numpy as np
import pytest

from ce_tf import baselines
from ce_tf.completion.runtimes import TFLiteRuntime
from ce_tf.erasing.eraser import Eraser
from ce_tf.exporting.flatbuffer import list_ops
from ce_tf.images.photo import read_photo
from ce_tf.metrics import hole_psnr
from ce_tf.page.samples import find_samples
from ce_tf.pretrained import files
from ce_tf.training.weights import load_generator
from tests.ce_tf.models.test_compact import GPU_OPS
from tests.fakes import make_photo

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
    assert card["parameters"] <= 6_000_000
    assert {name: entry["bytes"] for name, entry in card["files"].items()} == sizes


def test_there_are_two_models_and_one_has_two_names():
    assert files.find_model("pretrained") == files.find_model("faithful")
    faithful, vivid = (
        report["methods"]
        for name in (files.FAITHFUL, files.VIVID)
        for report in files.read_card(name)["evaluation"]
        if report["protocol"] == "records"
    )
    (faithful,), (vivid,) = (_ours(methods) for methods in (faithful, vivid))
    # What is gained by it, and what it may cost.
    assert vivid["gradient_energy"] >= 2 * faithful["gradient_energy"]
    assert vivid["psnr"] >= faithful["psnr"] - 0.7


def _ours(methods: dict) -> list[dict]:
    """The figures of what is no baseline."""
    baselines = ("mean fill", "OpenCV Telea", "OpenCV Navier-Stokes")
    return [figures for name, figures in methods.items() if name not in baselines]


def test_the_card_has_what_a_user_asks(name):
    card = files.read_card(name)
    assert card["license"] == "Apache-2.0"
    assert card["hours"] > 0
    assert card["limits"]
    assert "VOC" in card["trained_on"]
    protocols = {report["protocol"] for report in card["evaluation"]}
    assert protocols == {"records", "center"}
    for report in card["evaluation"]:
        assert report["pictures"] >= 500
        (ours,) = _ours(report["methods"])
        assert ours["psnr"] > report["methods"]["OpenCV Telea"]["psnr"]
        assert ours["psnr"] > report["methods"]["OpenCV Navier-Stokes"]["psnr"]
    # A machine's paths are nobody's business.
    assert card["config"]["data"] == card["config"]["workdir"] == ""
    assert "/" not in card["config"]["init_from"]


def test_the_two_files_are_one_network(name):
    generator = load_generator(files.find_weights(name)).generator
    assert isinstance(generator, keras.Model)
    image, mask = make_photo(3, 128, 128), np.zeros((128, 128), np.uint8)
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


def test_it_beats_opencv_on_photographs_it_never_saw(name):
    """Mean over holes at many places of four photographs, of any side at 128 pixels."""
    runtime = TFLiteRuntime(files.find_model(name))
    size = runtime.size
    rng = np.random.default_rng(0)
    rows = []
    for sample in find_samples():
        photo = read_photo(sample.path).image
        shorter = min(photo.shape[:2])
        small = cv2.resize(
            photo[:shorter, :shorter], (size, size), interpolation=cv2.INTER_AREA
        )
        for _ in range(12):
            mask = np.zeros((size, size), np.uint8)
            center = tuple(int(n) for n in rng.integers(30, 98, 2))
            axes = tuple(int(n) for n in rng.integers(14, 30, 2))
            cv2.ellipse(mask, center, axes, float(rng.uniform(0, 180)), 0, 360, 1, -1)
            hole = mask[..., np.newaxis]
            fills = (
                runtime.run(small, hole),
                baselines.telea(small * (1 - hole), hole),
                baselines.navier_stokes(small * (1 - hole), hole),
            )
            rows.append([hole_psnr(small, fill, mask) for fill in fills])
    ours, *others = np.mean(rows, 0)
    assert ours > max(others)
