"""The shards as others read them: TFDS, and the tf.data of docs/builder.md."""

import re
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from ce_tf.records.schema import decode_mask
from tests.tfrecords_builder.conftest import read_images, read_masks

DOC = Path(__file__).parents[2] / "docs" / "builder.md"


def run_snippet(word: str, shards: Path) -> dict:
    """Runs the page's code block that holds a word, on real shards."""
    blocks = re.findall(r"```python\n(.*?)```", DOC.read_text(), re.S)
    (code,) = (block for block in blocks if word in block)
    names: dict = {}
    exec(code.replace("SHARDS", str(shards)), names)
    return names


@pytest.mark.parametrize("lossless", [False, True])
def test_tfds_opens_them(build_small, tmp_path, lossless):
    out = tmp_path / "out"
    manifest = build_small(lossless=lossless)
    builders = {
        "images": tfds.builder_from_directory(str(out)),
        "masks": tfds.builder_from_directory(str(out / "masks")),
    }
    for kind, builder in builders.items():
        assert set(builder.info.splits) == {"train", "val"}
        for name, split in builder.info.splits.items():
            shards = getattr(manifest.splits[name], kind)
            assert split.shard_lengths == [shard.records for shard in shards]
            assert split.num_bytes == sum(shard.bytes for shard in shards)
            names = [path.name for path in split.filepaths]
            assert names == [shard.name for shard in shards]
    found = list(builders["images"].as_dataset(split="train").as_numpy_iterator())
    wanted = read_images(out, "train")
    assert len(found) == len(wanted) > 20
    by_id = {row["image"]["id"]: row["image"] for row in found}
    for record in wanted:
        picture = by_id[record["image/id"]]
        image = tf.io.decode_image(record["image/encoded"], channels=3).numpy()
        assert (picture["encoded"] == image).all()
        assert picture["encoded"].shape == (picture["height"], picture["width"], 3)


def test_tfds_reads_holes_and_parts_of_splits(build_small, tmp_path):
    build_small()
    masks = tfds.builder_from_directory(str(tmp_path / "out" / "masks"))
    config = tfds.ReadConfig(interleave_cycle_length=1)
    found = masks.as_dataset(split="train[10:25]", read_config=config)
    wanted = read_masks(tmp_path / "out", "train")[10:25]
    rows = [row["mask"] for row in found.as_numpy_iterator()]
    assert len(rows) == len(wanted) == 15
    for row, record in zip(rows, wanted, strict=True):
        hole = decode_mask(record["mask/encoded"]).numpy()
        assert (row["encoded"] == 255 * hole).all()
        assert row["kind"] == record["mask/kind"]
        assert row["area"] == record["mask/area"]
        assert row["area"] == pytest.approx(np.mean(hole))


def test_the_documented_tfds_code_runs(build_small, tmp_path):
    build_small()
    names = run_snippet("builder_from_directory", tmp_path / "out")
    assert names["picture"].shape[2] == 3
    assert names["mask"].shape == (32, 32, 1)
    assert set(np.unique(names["mask"])) == {0, 255}


def test_the_documented_tf_data_code_reads_every_record(build_small, tmp_path):
    out = tmp_path / "out"
    build_small()
    names = run_snippet("TFRecordDataset", out)
    images = list(names["images"].as_numpy_iterator())
    wanted = [
        tf.io.decode_image(record["image/encoded"]).numpy()
        for record in read_images(out, "train")
    ]
    assert len(images) == len(wanted)
    assert all((one == other).all() for one, other in zip(images, wanted, strict=True))
    masks = list(names["masks"].as_numpy_iterator())
    assert len(masks) == 40
    pairs = list(names["pairs"].as_numpy_iterator())
    assert len(pairs) == len(images)
    assert {mask.shape for _, mask in pairs} == {(32, 32, 1)}
    assert set(np.unique(np.stack(masks))) == {0, 255}
