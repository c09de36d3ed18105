"""`verify` finds what is wrong with a folder of shards."""

import dataclasses
import hashlib
from pathlib import Path

import pytest
import tensorflow as tf

from ce_tf.errors import InputError
from ce_tf.records import schema
from ce_tf.records.manifest import read_manifest, write_manifest
from tfrecords_builder.__main__ import run
from tfrecords_builder.verify import verify


@pytest.fixture
def built(build_small, tmp_path) -> Path:
    build_small()
    return tmp_path / "out"


def rewrite(folder: Path, kind: str, change) -> None:
    """Changes a shard's records, and the manifest so that its checksum fits."""
    manifest = read_manifest(str(folder))
    split = manifest.splits["train"]
    shard = getattr(split, kind)[0]
    path = folder / shard.name
    found = list(tf.data.TFRecordDataset(str(path)).as_numpy_iterator())
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in change(found):
            writer.write(record)
    data = path.read_bytes()
    shard = dataclasses.replace(
        shard, bytes=len(data), sha256=hashlib.sha256(data).hexdigest()
    )
    others = getattr(split, kind)[1:]
    split = dataclasses.replace(split, **{kind: (shard, *others)})
    splits = {**manifest.splits, "train": split}
    write_manifest(str(folder), dataclasses.replace(manifest, splits=splits))


def test_nothing_is_wrong_with_a_build(built, capsys):
    assert verify(str(built)) == []
    with pytest.raises(SystemExit) as caught:
        run(["builder", "verify", str(built)])
    assert caught.value.code == 0
    assert "nothing wrong" in capsys.readouterr().out


def test_a_flipped_bit_is_found(built, capsys):
    path = built / "train-images-00001-of-00003.tfrecord"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    problems = verify(str(built))
    assert f"{path}: its sha256 is not the manifest's" in problems[0]
    assert any("record" in problem for problem in problems[1:])
    with pytest.raises(SystemExit) as caught:
        run(["builder", "verify", str(built)])
    assert caught.value.code == 1
    assert str(path) in capsys.readouterr().out


@pytest.mark.parametrize("harm", ["cut", "missing", "no manifest"])
def test_what_is_missing_is_an_error(built, harm):
    path = built / "val-masks-00000-of-00003.tfrecord"
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:-5])
    elif harm == "missing":
        path.unlink()
    else:
        (built / "manifest.json").unlink()
    with pytest.raises(InputError):
        verify(str(built))


@pytest.mark.parametrize(
    ("kind", "change", "wanted"),
    [
        ("images", lambda found: found[:-1], "records where the manifest says"),
        (
            "images",
            lambda found: [schema.serialize_image(b"none", "x", 36, 36), *found[1:]],
            "record 0: the picture cannot be decoded",
        ),
        (
            "masks",
            lambda found: [schema.serialize_mask(b"none", "block", 0.1), *found[1:]],
            "record 0: the mask cannot be decoded",
        ),
        (
            "masks",
            lambda found: [found[0].replace(b"area", b"arae"), *found[1:]],
            "record 0",
        ),
    ],
)
def test_wrong_records_are_named(built, kind, change, wanted):
    rewrite(built, kind, change)
    problems = verify(str(built))
    assert len(problems) >= 1
    assert wanted in problems[0]
    assert f"train-{kind}-00000-of-00003.tfrecord" in problems[0]


def test_wrong_sizes_and_areas_are_named(built):
    manifest = read_manifest(str(built))
    settings = {**manifest.settings, "hole_area": "0.001,0.002"}
    write_manifest(
        str(built), dataclasses.replace(manifest, size=35, settings=settings)
    )
    problems = verify(str(built))
    assert any("the shorter side is 36, the manifest says 35" in p for p in problems)
    assert any("outside --hole_area=0.001,0.002" in p for p in problems)
