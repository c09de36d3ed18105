"""The real commands, one after the other, as a user types them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from tests.fakes import write_photo, write_photos, write_voc

ROOT = Path(__file__).parents[1]


def call(*command, cwd=ROOT) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, command)], capture_output=True, text=True, cwd=cwd
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_from_photos_to_an_erased_object(tmp_path):
    photos = write_photos(tmp_path / "photos" / "deeper", 12, 160, 180).parent
    voc, shards, run = write_voc(tmp_path), tmp_path / "shards", tmp_path / "run"
    call(
        *("-m", "tfrecords_builder", f"--images={photos}", f"--voc_dir={voc}"),
        *(f"--out={shards}", "--num_masks=20"),
    )
    (tmp_path / "flags").write_text("--width=0.03125\n--batch_size=4\n--steps=3\n")
    call(
        *("train.py", f"--flagfile={tmp_path / 'flags'}"),
        *(f"--data={shards}", f"--workdir={run}"),
    )
    assert (run / "export" / "saved_model" / "saved_model.pb").exists()

    photo = write_photo(tmp_path / "photo.jpg", 99, 300, 400)
    mask = np.zeros((300, 400), np.uint8)
    mask[100:180, 200:260] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    original = np.asarray(Image.open(photo))

    def erase(name: str) -> None:
        out = tmp_path / f"{name}.png"
        call(
            *("-m", "ce_tf.erase", f"--model={run / 'export' / name}", photo),
            *(f"--mask={tmp_path / 'mask.png'}", f"--out={out}"),
        )
        result = np.asarray(Image.open(out))
        assert (result[mask == 0] == original[mask == 0]).all()
        assert (result[mask > 0] != original[mask > 0]).any()

    erase("saved_model")  # of the export that training ended with; now another
    said = call("export.py", f"--run={run}", "--formats=float32,int8")
    assert "Phones and LiteRT: ship" in said
    assert "model-int8.tflite" in (run / "export" / "report.md").read_text()
    erase("model.tflite")


def test_the_demo_does_the_whole_job(tmp_path):
    report = call(
        *(ROOT / "demo.py", f"--out={tmp_path / 'demo'}"),
        *("--steps=3", "--batch_size=4"),
        cwd=tmp_path,
    )
    for stage in ("build records", "train", "export", "erase", "measure"):
        assert f"\n{stage}" in report
    assert "PSNR in the hole, dB" in report
    assert report.count("scribble, ") == 2
    picture = np.asarray(Image.open(tmp_path / "demo" / "before-after.png"))
    assert picture.shape == (400, 5 * 600 + 4 * 6, 3)
    photo, marked = picture[:, :600], picture[:, 606 : 606 + 600]
    hole = (photo != marked).any(-1)
    for left in (2 * 606, 3 * 606, 4 * 606):
        result = picture[:, left : left + 600]
        assert (result[~hole] == photo[~hole]).all()
        assert (result[hole] != photo[hole]).any(-1).mean() > 0.9
