import numpy as np
import pytest

from ce_tf import baselines
from ce_tf.evaluate import run
from ce_tf.evaluation import measure_psnr
from ce_tf.manifest import read_manifest
from ce_tf.metrics import hole_psnr
from tests.fakes import make_photo


@pytest.fixture(scope="module")
def model(trained_run):
    return trained_run / "export" / "model.tflite"


def test_every_method_is_measured_on_every_picture(shards, model):
    scores = measure_psnr(shards, model, limit=1000)
    count = sum(shard.records for shard in read_manifest(shards).splits["val"].images)
    assert list(scores) == [
        "mean fill",
        "OpenCV Telea",
        "OpenCV Navier-Stokes",
        "model",
    ]
    for values in scores.values():
        assert values.shape == (count,)
        assert np.isfinite(values).all()
    # On smooth photos, continuing the rim beats one colour.
    assert scores["OpenCV Telea"].mean() > scores["mean fill"].mean() + 3
    assert len(measure_psnr(shards, model, limit=2)["model"]) == 2


@pytest.mark.parametrize(
    "fill", [baselines.mean_fill, baselines.telea, baselines.navier_stokes]
)
def test_a_baseline_fills_the_hole_alone(fill):
    image = make_photo(4, 60, 80)
    mask = np.zeros((60, 80, 1), np.uint8)
    mask[20:40, 30:60] = 1
    filled = fill(image, mask)
    hole = mask[..., 0] == 1
    assert (filled[~hole] == image[~hole]).all()
    assert (filled[hole] != image[hole]).any()
    hidden = image.copy()
    hidden[hole] = 0
    assert (fill(hidden, mask) == filled).all()


def test_mean_fill_is_the_visible_mean():
    image = make_photo(4, 60, 80)
    mask = np.zeros((60, 80, 1), np.uint8)
    mask[20:40, 30:60] = 1
    hole = mask[..., 0] == 1
    expected = np.round(image[~hole].mean(0))
    assert (baselines.mean_fill(image, mask)[hole] == expected).all()
    assert hole_psnr(image, baselines.mean_fill(image, mask), mask[..., 0]) < 40


def test_the_command_prints_a_table(shards, model, capsys):
    with pytest.raises(SystemExit) as stop:
        run(["x", f"--data={shards}", f"--model={model}", "--limit=3"])
    assert not stop.value.code
    out = capsys.readouterr().out
    assert "mean of 3 validation pictures" in out
    assert out.count(" dB") == 4


def test_the_command_refuses_a_senseless_limit(shards, model, capsys):
    with pytest.raises(SystemExit) as stop:
        run(["x", f"--data={shards}", f"--model={model}", "--limit=0"])
    assert stop.value.code == 2
    assert "--limit=0" in capsys.readouterr().err
