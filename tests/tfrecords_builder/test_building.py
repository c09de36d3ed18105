"""Whole builds, and what they promise."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from ce_tf.errors import InputError
from ce_tf.records.manifest import read_manifest
from tests.fakes import make_photo, write_photo, write_photos
from tests.tfrecords_builder.conftest import hashes, read_images, read_masks
from tfrecords_builder.jobs import workers
from tfrecords_builder.verify import verify


def test_packs_every_photo_once(build_small, photos, tmp_path):
    manifest = build_small()
    ids = [
        record["image/id"].decode()
        for split in ("train", "val")
        for record in read_images(tmp_path / "out", split)
    ]
    assert sorted(ids) == sorted(path.name for path in photos.iterdir())
    assert read_manifest(str(tmp_path / "out")) == manifest


def test_pictures_cover_the_size_and_look_like_their_photo(
    build_small, photos, tmp_path
):
    build_small(quality=95)
    record = read_images(tmp_path / "out", "train")[0]
    data = np.frombuffer(record["image/encoded"], np.uint8)
    packed = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
    assert packed.shape == (36, 48, 3)
    photo = np.asarray(Image.open(photos / record["image/id"].decode()))
    wanted = cv2.resize(photo, (48, 36), interpolation=cv2.INTER_LINEAR)
    assert np.abs(packed.astype(int) - wanted).mean() < 4


def test_lossless_is_png_and_quality_changes_the_size(build_small, tmp_path):
    sizes = {}
    for name, flags in {
        "png": {"lossless": True},
        "fine": {"quality": 95},
        "coarse": {"quality": 30},
    }.items():
        manifest = build_small(out=str(tmp_path / name), **flags)
        sizes[name] = sum(shard.bytes for shard in manifest.splits["train"].images)
    assert sizes["png"] > sizes["fine"] > sizes["coarse"]
    record = read_images(tmp_path / "png", "train")[0]
    assert record["image/encoded"].startswith(b"\x89PNG")


def test_mean_color_is_that_of_the_packed_train_pictures(build_small, tmp_path):
    manifest = build_small(lossless=True)
    pixels = [
        cv2.imdecode(
            np.frombuffer(record["image/encoded"], np.uint8), cv2.IMREAD_COLOR_RGB
        ).reshape(-1, 3)
        for record in read_images(tmp_path / "out", "train")
    ]
    np.testing.assert_allclose(
        manifest.mean_color, np.concatenate(pixels).mean(0), rtol=1e-6
    )


def test_holes_have_the_asked_kinds_areas_and_counts(build_small, tmp_path):
    manifest = build_small(
        num_masks=200, holes="silhouette:2,stroke:1,center:1", hole_area="0.05,0.3"
    )
    for split, count in (("train", 200), ("val", 20)):
        masks = read_masks(tmp_path / "out", split)
        assert len(masks) == count
        for record in masks:
            data = np.frombuffer(record["mask/encoded"], np.uint8)
            mask = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
            assert mask.shape == (32, 32)
            assert set(np.unique(mask)) == {0, 255}
            assert (mask > 0).mean() == pytest.approx(record["mask/area"])
            assert 0.05 <= record["mask/area"] <= 0.3
    kinds = manifest.holes["kinds"]
    assert sum(kinds.values()) == sum(manifest.holes["areas"]) == 220
    assert kinds["silhouette"] > 80 > kinds["center"] > 25
    assert kinds["stroke"] > 25


def test_masks_of_one_build_differ(build_small, tmp_path):
    build_small(num_masks=60, holes="block:1")
    both = read_masks(tmp_path / "out", "train") + read_masks(tmp_path / "out", "val")
    assert len({record["mask/encoded"] for record in both}) == 66


@pytest.mark.parametrize("count", [1, 2, 3])
def test_same_bytes_for_any_number_of_workers(build_small, tmp_path, count):
    build_small(out=str(tmp_path / "one"), seed=3)
    build_small(out=str(tmp_path / "many"), seed=3, workers=count)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "many")


def test_same_bytes_from_processes(build_small, tmp_path, monkeypatch):
    build_small(out=str(tmp_path / "threads"), workers=3)
    monkeypatch.setattr(workers, "_LEAST_FILES", 1)
    build_small(out=str(tmp_path / "processes"), workers=3)
    assert hashes(tmp_path / "threads") == hashes(tmp_path / "processes")


def test_seed_moves_the_holes_and_nothing_else(build_small, tmp_path):
    build_small(out=str(tmp_path / "a"), seed=0)
    build_small(out=str(tmp_path / "b"), seed=1)
    first, second = hashes(tmp_path / "a"), hashes(tmp_path / "b")
    changed = {name for name in first if first[name] != second[name]}
    shards = {name for name in first if "-masks-" in name}
    # TFDS's file names the bytes of the holes' shards.
    beside = {"manifest.json", "preview.png", "holes.png", "masks/dataset_info.json"}
    assert changed == shards | beside


def test_shard_mb_and_min_shards_decide_how_many(build_small, tmp_path):
    few = build_small(out=str(tmp_path / "few"), min_shards=2)
    assert [len(few.splits["train"].images), len(few.splits["train"].masks)] == [2, 2]
    size = sum(shard.bytes for shard in few.splits["train"].images)
    many = build_small(
        out=str(tmp_path / "many"), min_shards=2, shard_mb=round(size / 6e6, 4)
    )
    assert len(many.splits["train"].images) in (5, 6, 7)


def test_equal_content_is_packed_once_and_reported(build_small, photos, tmp_path):
    twice = tmp_path / "twice"
    shutil.copytree(photos, twice)
    shutil.copy(twice / "0003.jpg", twice / "again.jpg")
    manifest = build_small(images=(str(twice),))
    assert manifest.duplicates == (
        {
            "file": str(twice / "again.jpg"),
            "name": "again.jpg",
            "same_as": str(twice / "0003.jpg"),
        },
    )
    images = manifest.splits["train"].images + manifest.splits["val"].images
    assert sum(shard.records for shard in images) == 40


def test_photos_stay_in_their_split_when_others_come(build_small, photos, tmp_path):
    build_small(out=str(tmp_path / "before"), val_share=0.3)
    write_photos(tmp_path / "more", 60, height=50)
    both = (str(photos), str(tmp_path / "more"))
    build_small(out=str(tmp_path / "after"), images=both, val_share=0.3)

    def encoded(folder: str, split: str) -> set[bytes]:
        found = read_images(tmp_path / folder, split)
        return {record["image/encoded"] for record in found}

    for split in ("train", "val"):
        assert encoded("before", split) < encoded("after", split)


def test_val_share_decides_how_many_are_val(build_small):
    manifest = build_small(val_share=0.5)
    val = sum(shard.records for shard in manifest.splits["val"].images)
    assert 10 <= val <= 30


@pytest.mark.parametrize("val_share", [0.0001, 0.9999])
def test_two_photos_give_one_to_each_split(build_small, tmp_path, val_share):
    write_photos(tmp_path / "two", 2)
    manifest = build_small(images=(str(tmp_path / "two"),), val_share=val_share)
    for split in manifest.splits.values():
        assert sum(shard.records for shard in split.images) == 1


def test_one_photo_is_too_few(build_small, tmp_path):
    write_photos(tmp_path / "one", 1)
    with pytest.raises(InputError, match="at least two are needed"):
        build_small(images=(str(tmp_path / "one"),))


def test_bad_files_are_skipped_with_their_reason(build_small, photos, tmp_path, capsys):
    bad = tmp_path / "bad"
    bad.mkdir()
    whole = (photos / "0000.jpg").read_bytes()
    (bad / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (bad / "empty.png").write_bytes(b"")
    (bad / "words.jpg").write_text("no picture")
    write_photo(bad / "tiny.png", 1, 20, 90)
    manifest = build_small(images=(str(photos), str(bad)), max_bad=0.2)
    found = {Path(entry["file"]).name: entry["reason"] for entry in manifest.skipped}
    assert found == {
        "cut.jpg": "truncated or damaged",
        "empty.png": "empty file",
        "words.jpg": "no readable picture",
        "tiny.png": "smaller than 32 pixels",
    }
    assert "4 files were skipped: 1" in capsys.readouterr().out


def test_too_many_bad_files_fail_but_keep_the_shards(build_small, photos, tmp_path):
    bad = tmp_path / "bad"
    bad.mkdir()
    for number in range(5):
        (bad / f"{number}.jpg").write_bytes(b"no picture" * number)
    images = (str(photos), str(bad))
    with pytest.raises(
        InputError, match=r"5 of 45 photos are unusable.*--max_bad=0.05"
    ):
        build_small(images=images)
    out = tmp_path / "out"
    shards = {path.name: path.stat().st_mtime_ns for path in out.glob("*.tfrecord")}
    assert len(shards) == 12
    assert not (out / "manifest.json").exists()
    build_small(images=images, max_bad=0.2)
    assert shards == {
        path.name: path.stat().st_mtime_ns for path in out.glob("*.tfrecord")
    }


def test_settings_in_the_manifest_are_plain_and_complete(build_small, tmp_path):
    build_small(seed=5, crop="1,0,0.1,0")
    settings = json.loads((tmp_path / "out" / "manifest.json").read_text())["settings"]
    assert (settings["seed"], settings["crop"]) == (5, "1,0,0.1,0")
    assert {"images", "voc_dir", "holes", "size", "views", "val_share"} < set(settings)


def test_other_settings_need_another_folder(build_small):
    build_small()
    with pytest.raises(InputError, match="another quality"):
        build_small(quality=50)


def test_settings_may_change_while_no_shard_is_there(build_small):
    with pytest.raises(InputError, match="no block hole came out"):
        build_small(holes="block:1", hole_area="0.8,0.80001")
    assert build_small(holes="block:1").holes["kinds"] == {"block": 44}


def test_building_again_leaves_finished_shards_alone(build_small, tmp_path):
    build_small()
    out = tmp_path / "out"
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("*.tfrecord")}
    content = hashes(out)
    build_small()
    after = {path.name: path.stat().st_mtime_ns for path in out.glob("*.tfrecord")}
    assert (before, content) == (after, hashes(out))


def test_more_photos_replace_the_shards_they_change(build_small, tmp_path):
    source = write_photos(tmp_path / "photos", 9)
    build_small(images=(str(source),), min_shards=100)
    assert len(list((tmp_path / "out").glob("*-images-*"))) == 9
    write_photo(source / "new.jpg", 77)
    manifest = build_small(images=(str(source),), min_shards=100)
    named = {
        shard.name
        for split in manifest.splits.values()
        for shard in (*split.images, *split.masks)
    }
    assert named == {path.name for path in (tmp_path / "out").glob("*.tfrecord")}
    assert len(list((tmp_path / "out").glob("*-images-*"))) == 10


def test_views_of_a_large_photo(build_small, tmp_path):
    for number in range(3):
        write_photo(tmp_path / "large" / f"{number}.png", number, 200, 300)
    write_photo(tmp_path / "large" / "small.png", 9, 40, 60)
    build_small(images=(str(tmp_path / "large"),), views=4, lossless=True)
    found = {}
    for split in ("train", "val"):
        for record in read_images(tmp_path / "out", split):
            found.setdefault(record["image/id"].decode(), []).append(record)
    assert {name: len(views) for name, views in found.items()} == {
        "0.png": 4,
        "1.png": 4,
        "2.png": 4,
        "small.png": 1,
    }
    assert len({view["image/encoded"] for view in found["0.png"]}) == 4
    shapes = [(int(v["image/height"]), int(v["image/width"])) for v in found["0.png"]]
    assert shapes == [(36, 54), (36, 36), (36, 36), (36, 36)]


def test_preview_and_hole_statistics_are_pictures(build_small, tmp_path):
    manifest = build_small(num_masks=400)
    preview = cv2.imread(str(tmp_path / "out" / "preview.png"))
    assert preview.shape == (1024, 1024, 3)
    # Magenta lies over a share of the sheet that holes have.
    magenta = (
        (preview[..., 1] < 120) & (preview[..., 0] > 150) & (preview[..., 2] > 150)
    )
    assert 0.03 < magenta.mean() < 0.3
    statistics = cv2.imread(str(tmp_path / "out" / "holes.png"))
    assert statistics.shape == (380, 760, 3)
    assert len(np.unique(statistics.reshape(-1, 3), axis=0)) > 20
    assert manifest.holes["heat_max_to_min"] > 1


def test_without_labels_blocks_and_strokes_serve(build_small):
    manifest = build_small(voc_dir=None)
    assert set(manifest.holes["kinds"]) == {"block", "stroke"}


def test_default_names_are_those_the_trainer_reads(build_small, tmp_path):
    build_small(min_shards=10)
    assert (tmp_path / "out" / "train-images-00000-of-00010.tfrecord").exists()
    assert (tmp_path / "out" / "val-masks-00003-of-00004.tfrecord").exists()


def test_photo_of_another_make_keeps_its_colours(build_small, tmp_path):
    red = np.zeros((60, 60, 3), np.uint8)
    red[..., 0] = 200
    (tmp_path / "red").mkdir()
    Image.fromarray(red).save(tmp_path / "red" / "a.png")
    Image.fromarray(red // 2).save(tmp_path / "red" / "b.bmp")
    Image.fromarray(make_photo(1)).save(tmp_path / "red" / "c.webp")
    manifest = build_small(images=(str(tmp_path / "red" / "*.[pb]*"),), lossless=True)
    assert manifest.mean_color[0] in (100, 200)
    assert manifest.mean_color[1:] == (0, 0)


def test_every_path_goes_through_gfile(build_small, photos, voc, tmp_path):
    # ram:// is a file system that only TensorFlow knows, as gs:// is.
    gfile = tf.io.gfile
    for source in (photos, voc):
        for path in source.rglob("*"):
            if path.is_file():
                target = f"ram://{path}"
                gfile.makedirs(target.rpartition("/")[0])
                gfile.copy(str(path), target, overwrite=True)
    out = f"ram://{tmp_path}/out"
    manifest = build_small(images=(f"ram://{photos}",), voc_dir=f"ram://{voc}", out=out)
    build_small(out=str(tmp_path / "local"))
    assert read_manifest(out) == manifest
    assert verify(out) == []
    local = hashes(tmp_path / "local")
    del local["manifest.json"]  # names the folders
    for name in local:
        with gfile.GFile(f"{out}/{name}", "rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() == local[name]


def test_workers_start_without_tensorflow():
    """Its import takes longer than a worker packs ten thousand photos."""
    code = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "import tfrecords_builder.jobs.jobs, tfrecords_builder.jobs.scanning\n"
        "import tfrecords_builder.jobs.shards, tfrecords_builder.jobs.workers\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
