"""A run packed as what ships, and every way in which what ships is used."""

import json

import numpy as np
import pytest

from ce_tf.erasing.eraser import Eraser
from ce_tf.errors import InputError
from ce_tf.evaluate import run as run_evaluate
from ce_tf.export import run as run_export
from ce_tf.exporting import advice, release
from ce_tf.pretrained import files
from ce_tf.training.fine_tuning import load_initial_weights
from ce_tf.training.state import make_state
from ce_tf.training.weights import load_generator
from tests.ce_tf.training.states import restored
from tests.fakes import make_photo, write_photos


@pytest.fixture(scope="module")
def packed(trained_run, shards, tmp_path_factory):
    """The tiny run, packed with the report of an evaluation."""
    folder = tmp_path_factory.mktemp("packed")
    command = ["", f"--data={shards}", f"--model={trained_run}", f"--out={folder}/said"]
    with pytest.raises(SystemExit) as stopped:
        run_evaluate(command)
    assert not stopped.value.code
    with pytest.raises(SystemExit) as stopped:
        release.run(
            [
                *("", f"--run={trained_run}", f"--out={folder / 'files'}"),
                *("--trained_on=photos", "--hours=0.5", "--license=CC0"),
                *(f"--evaluation={folder}/said/report.json", "--limit=Faces."),
                "--source=Four photos, CC0.",
            ]
        )
    assert not stopped.value.code
    return folder / "files"


@pytest.fixture
def shipped(packed, monkeypatch):
    """An installation that ships the tiny run."""
    monkeypatch.setattr(files, "FOLDER", packed)
    return packed


def test_the_card_says_what_it_is(packed, shards):
    card = json.loads((packed / files.CARD).read_text())
    assert card["trained_on"] == "photos"
    assert (card["hours"], card["license"], card["limits"]) == (0.5, "CC0", ["Faces."])
    assert card["config"]["steps"] == 4
    assert card["config"]["data"] == card["config"]["workdir"] == ""
    assert card["sources"] == ["Four photos, CC0."]
    (report,) = card["evaluation"]
    assert report["pictures"] > 0
    groups = report["by_area"].values()
    assert sum(group["pictures"] for group in groups) == report["pictures"]
    for group in groups:
        assert 0 < group["methods"]["OpenCV Telea"]["psnr"] < 100
    assert 0 < report["methods"]["OpenCV Telea"]["psnr"] < 100
    for name in (files.MODEL, files.WEIGHTS):
        assert card["files"][name]["bytes"] == (packed / name).stat().st_size


def test_both_files_are_the_run_rounded(trained_run, packed):
    """The TFLite file is made of the rounded weights, and of 8 bits in itself."""
    trained, rounded = (
        load_generator(trained_run),
        load_generator(packed / files.WEIGHTS),
    )
    coarse = 0
    for before, after in zip(
        trained.generator.weights, rounded.generator.weights, strict=True
    ):
        before, found = before.numpy(), after.numpy()
        expected = before.astype(np.float16).astype(np.float32)
        if after.name != "kernel" or found.size < 20_000:
            np.testing.assert_array_equal(found, expected)
            continue
        coarse += 1
        most = np.abs(before).max(tuple(range(before.ndim - 1)))
        assert (np.abs(found - before) <= most / 30 * 1.01 + 1e-6).all()
        for number in range(found.shape[-1]):
            assert len(np.unique(found[..., number])) <= 31
    assert coarse > 0
    image, mask = make_photo(3, 128, 128), np.zeros((128, 128), np.uint8)
    mask[30:70, 40:100] = 1
    lite = Eraser(packed / files.MODEL).erase(image, mask, detail=0)
    keras = Eraser(rounded.generator).erase(image, mask, detail=0)
    difference = np.abs(lite.astype(int) - keras)[mask > 0]
    assert difference.mean() <= 0.6
    assert np.percentile(difference, 99) <= 4
    assert (lite != image).any()
    sizes = [(packed / name).stat().st_size for name in (files.MODEL, files.WEIGHTS)]
    assert sizes[0] < 0.75 * sizes[1]
    assert json.loads((packed / files.CARD).read_text())["format"] == "dynamic"


def test_what_8_bits_cost_too_much_is_not_packed(
    trained_run, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(advice, "UNSEEN", -100)
    with pytest.raises(SystemExit) as stopped:
        release.run(
            [
                *("", f"--run={trained_run}", f"--out={tmp_path / 'files'}"),
                *("--trained_on=photos", "--hours=0.5", "--license=CC0"),
            ]
        )
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("error: --format=dynamic at 128 pixels is")
    assert error.endswith("Give --format=float16.\n")
    assert not (tmp_path / "files").exists()


def test_it_is_the_default_of_the_eraser(shipped):
    image, mask = make_photo(3, 150, 170), np.zeros((150, 170), np.uint8)
    mask[30:70, 40:100] = 1
    expected = Eraser(shipped / files.MODEL).erase(image, mask)
    for eraser in (Eraser(), Eraser("pretrained")):
        np.testing.assert_array_equal(eraser.erase(image, mask), expected)


def test_training_starts_from_it(shipped, make_config, tmp_path):
    config = make_config(tmp_path, init_from="pretrained")
    state = make_state(config)
    words = load_initial_weights(state, config)
    assert words.startswith("pretrained (context_encoder, step 4")
    assert words.endswith("and its discriminator")
    rounded = load_generator(shipped / files.WEIGHTS).generator
    for ours, theirs in zip(state.generator.weights, rounded.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_its_discriminator_is_the_run_s(shipped, trained_run, make_config, tmp_path):
    config = make_config(tmp_path, init_from="pretrained")
    state = make_state(config)
    load_initial_weights(state, config)
    old = restored(trained_run, make_config(trained_run)).averaged_discriminator
    for ours, theirs in zip(state.discriminator.weights, old.weights, strict=True):
        half = theirs.numpy().astype(np.float16)
        np.testing.assert_array_equal(ours.numpy(), half.astype(np.float32))


def test_a_discriminator_of_another_kind_does_not_start_from_it(
    shipped, make_config, tmp_path
):
    config = make_config(tmp_path, init_from="pretrained", discriminator="patch")
    words = load_initial_weights(make_state(config), config)
    assert "discriminator" not in words


def test_another_network_does_not_start_from_it(shipped, make_config, tmp_path):
    config = make_config(tmp_path, init_from="pretrained", model="compact")
    state = make_state(config)
    with pytest.raises(InputError, match="--model=context_encoder, not compact"):
        load_initial_weights(state, config)


def test_it_is_measured(shipped, tmp_path, capsys):
    photos = write_photos(tmp_path / "photos", 3, 130, 140)
    with pytest.raises(SystemExit) as stopped:
        run_evaluate(
            [
                *("", f"--images={photos}", "--protocol=center"),
                *("--model=pretrained", f"--out={tmp_path / 'report'}"),
            ]
        )
    assert not stopped.value.code
    assert "pretrained" in capsys.readouterr().out


def test_it_is_exported(shipped, shards, tmp_path):
    with pytest.raises(SystemExit) as stopped:
        run_export(
            ["", f"--data={shards}", f"--out={tmp_path / 'out'}", "--formats=float32"]
        )
    assert not stopped.value.code
    card = json.loads((tmp_path / "out" / "model_card.json").read_text())
    ours = json.loads((shipped / files.CARD).read_text())
    for name in ("license", "data_manifest_sha256", "parameters"):
        assert card[name] == ours[name]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ((), "--out=DIR, and --data=SHARDS"),
        (("--out=somewhere",), "--out=DIR, and --data=SHARDS"),
        (("--out=a", "--data=b", "--weights=latest"), "--weights=latest needs --run"),
    ],
)
def test_an_export_of_it_says_what_it_needs(shipped, flags, words, capsys):
    with pytest.raises(SystemExit) as stopped:
        run_export(["", *flags])
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("name", [files.MODEL, files.WEIGHTS])
@pytest.mark.parametrize("harm", ["cut", "gone", "changed"])
def test_a_damaged_file_is_found_out(packed, tmp_path, monkeypatch, name, harm):
    for file in packed.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    path = tmp_path / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data[:-5] if harm == "cut" else data)
    if harm == "gone":
        path.unlink()
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    find = files.find_model if name == files.MODEL else files.find_weights
    with pytest.raises(InputError, match=f"{name}.*damaged"):
        find()


def test_a_folder_of_that_name_is_not_what_ships(shipped, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert files.is_pretrained("pretrained")
    (tmp_path / "pretrained").mkdir()
    assert not files.is_pretrained("pretrained")
    with pytest.raises(InputError, match="pretrained"):
        load_generator(tmp_path / "pretrained")


@pytest.mark.parametrize("text", [None, "no report", "{}"])
def test_a_wrong_report_is_refused_before_any_work(tmp_path, capsys, text):
    path = tmp_path / "report.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SystemExit) as stopped:
        release.run(
            [
                *("", "--run=none", "--trained_on=x", "--hours=1", "--license=x"),
                f"--evaluation={path}",
            ]
        )
    assert stopped.value.code == 2
    assert "is no report.json" in capsys.readouterr().err
