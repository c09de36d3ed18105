"""Where photos and label images are found."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds
from etils import epath

from ce_tf.errors import InputError
from tests.fakes import make_labels, write_labels, write_photo, write_voc
from tests.tfrecords_builder.conftest import read_images
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.holes.labels import find_labels
from tfrecords_builder.photos.sources import find_photos


def names(**settings) -> list[str]:
    config = BuildConfig(out="x", **settings)
    return [photo.name for photo in find_photos(config)]


@pytest.fixture
def tree(tmp_path) -> Path:
    for number, name in enumerate(
        ("b/2.jpg", "b/1.JPG", "a.png", "c/d/e.webp", "c/f.bmp", "c/g.tiff", "z.jpeg")
    ):
        path = tmp_path / "tree" / name
        write_photo(path, number)
    (tmp_path / "tree" / "notes.txt").write_text("no photo")
    return tmp_path / "tree"


def test_folders_are_searched_in_a_stable_order(tree):
    wanted = ["a.png", "b/1.JPG", "b/2.jpg", "c/d/e.webp", "c/f.bmp", "c/g.tiff"]
    assert names(images=(str(tree),)) == [*wanted, "z.jpeg"]
    assert names(images=(f"{tree}/",)) == [*wanted, "z.jpeg"]


def test_globs_and_several_sources(tree):
    assert names(images=(f"{tree}/b/*",)) == ["1.JPG", "2.jpg"]
    assert names(images=(f"{tree}/*/f.bmp", f"{tree}/z.jpeg")) == ["c/f.bmp", "z.jpeg"]
    assert names(images=(f"{tree}/[bc]",))[:3] == ["b/1.JPG", "b/2.jpg", "c/d/e.webp"]


def test_a_folder_with_a_wildcard_in_its_name(tmp_path):
    write_photo(tmp_path / "what[1]" / "a.png", 1)
    assert names(images=(str(tmp_path / "what[1]"),)) == ["a.png"]


@pytest.fixture
def flowers(tmp_path) -> Path:
    """A folder as tfds.ImageFolder has it: 8 photos to train, 2 to test."""
    for number in range(10):
        split = "train" if number < 8 else "test"
        label = ("rose", "tulip")[number % 2]
        write_photo(tmp_path / "flowers" / split / label / f"{number}.png", number)
    return tmp_path / "flowers"


class Blossoms(tfds.core.GeneratorBasedBuilder):
    """A data set made of what tfds.ImageFolder reads."""

    VERSION = tfds.core.Version("1.0.0")
    # TFDS looks for the code of a builder in a package that has no __init__.py with
    # the help of importlib_resources, which it does not ask to be installed.
    code_path = epath.Path(__file__)
    folder = ""

    def _info(self) -> tfds.core.DatasetInfo:
        features = {"label": tfds.features.ClassLabel(names=["rose", "tulip"])}
        features["image"] = tfds.features.Image(encoding_format="png")
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(features)
        )

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        source = tfds.ImageFolder(self.folder).as_dataset("train")
        for number, example in enumerate(source.as_numpy_iterator()):
            yield number, {name: example[name] for name in ("image", "label")}


@pytest.fixture
def prepared(flowers, tmp_path, monkeypatch) -> Path:
    """The same photos as a prepared data set called blossoms."""
    monkeypatch.setattr(Blossoms, "folder", str(flowers))
    Blossoms(data_dir=str(tmp_path / "tfds")).download_and_prepare()
    return tmp_path / "tfds"


def test_photos_of_an_image_folder(flowers):
    source = tfds.ImageFolder(str(flowers))
    for split, count in (("train", 8), ("test", 2)):
        found = names(tfds=(f"{flowers}:{split}",))
        assert len(found) == source.info.splits[split].num_examples == count


@pytest.mark.parametrize("by", ["name", "folder"])
def test_photos_of_a_prepared_data_set(build_small, prepared, flowers, tmp_path, by):
    spec = "blossoms" if by == "name" else str(prepared / "blossoms" / "1.0.0")
    build_small(
        images=(),
        tfds=(f"{spec}:train",),
        tfds_dir=str(prepared),
        lossless=True,
        out=str(tmp_path / "from_tfds"),
    )
    build_small(
        images=(str(flowers / "train"),),
        lossless=True,
        out=str(tmp_path / "from_files"),
    )

    def pictures(folder: str) -> list[bytes]:
        found = read_images(tmp_path / folder, "train")
        return sorted(
            r["image/encoded"] for r in found + read_images(tmp_path / folder, "val")
        )

    assert pictures("from_tfds") == pictures("from_files")
    assert len(pictures("from_tfds")) == 8


def test_part_of_a_prepared_data_set(prepared):
    settings = {"tfds_dir": str(prepared)}
    assert len(names(tfds=("blossoms:train[2:7]",), **settings)) == 5
    assert len(names(tfds=("blossoms:train[:50%]",), **settings)) == 4


def test_damaged_records_of_a_data_set_are_skipped_or_named(
    build_small, prepared, tmp_path
):
    (path,) = prepared.rglob("*.tfrecord*")
    data = path.read_bytes()
    settings = {"images": (), "tfds": ("blossoms:train",), "tfds_dir": str(prepared)}
    path.write_bytes(data[:60] + bytes([data[60] ^ 1]) + data[61:])  # in the first
    manifest = build_small(**settings, max_bad=0.2)
    assert [entry["reason"] for entry in manifest.skipped] == ["in a damaged record"]
    path.write_bytes(data[:-9])
    with pytest.raises(InputError, match=r"tfrecord.*damaged or cut short"):
        names(tfds=("blossoms:train",), tfds_dir=str(prepared))
    path.unlink()
    with pytest.raises(InputError, match=r"--tfds=blossoms:train: .*: No such file"):
        names(tfds=("blossoms:train",), tfds_dir=str(prepared))


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ("no_such_set_at_all:train", "no such data set"),
        ("blossoms:valid", "no split 'valid'.*train"),
    ],
)
def test_wrong_data_sets_are_named(prepared, spec, wanted):
    with pytest.raises(InputError, match=wanted):
        names(tfds=(spec,), tfds_dir=str(prepared))


def labels_of(**settings) -> list[tuple[str, str]]:
    config = BuildConfig(images=("x",), out="x", **settings)
    return [(label.name, split) for label, split in find_labels(config)]


def test_voc_lists_decide_the_split_of_label_images(voc):
    found = labels_of(voc_dir=str(voc))
    assert len(found) == 12  # classes and objects of 4 + 2 photos
    assert [split for _, split in found] == ["train"] * 8 + ["val"] * 4
    assert found == labels_of(voc_dir=str(voc / "VOC2007"))


def test_what_another_year_validates_with_is_not_trained_on(tmp_path):
    write_voc(tmp_path, 2007, train=2, val=2, objects=False)
    folder = write_voc(tmp_path, 2012, train=3, val=1, objects=False)
    lists = folder / "VOC2012" / "ImageSets" / "Segmentation"
    shared = "2007_000003"  # val of 2007
    write_labels(
        folder / "VOC2012" / "SegmentationClass" / f"{shared}.png", make_labels(3)
    )
    (lists / "train.txt").write_text(f"2012_000000\n{shared}\n")
    found = labels_of(voc_dir=str(folder))
    train = [name for name, split in found if split == "train"]
    assert f"SegmentationClass/{shared}.png" not in train
    assert "SegmentationClass/2012_000000.png" in train
    assert len(train) == 3


def test_own_labels_are_split_by_content(build_small, tmp_path):
    for number in range(6):
        write_labels(tmp_path / "own" / f"{number}.png", make_labels(number))
    write_labels(tmp_path / "own" / "none.png", np.zeros((50, 50), np.uint8))
    (tmp_path / "own" / "bad.png").write_bytes(b"no picture")
    manifest = build_small(
        voc_dir=None, labels=str(tmp_path / "own"), holes="silhouette:1", max_bad=0.2
    )
    assert manifest.holes["kinds"] == {"silhouette": 44}
    reasons = {Path(entry["file"]).name: entry["reason"] for entry in manifest.skipped}
    assert reasons == {
        "none.png": "no silhouette: nothing, specks, or all of it",
        "bad.png": "truncated, damaged or no picture",
    }


def test_too_many_bad_labels_fail(build_small, tmp_path):
    for number in range(6):
        write_labels(tmp_path / "own" / f"{number}.png", make_labels(number))
    (tmp_path / "own" / "bad.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match="1 of 7 label images are unusable"):
        build_small(voc_dir=None, labels=str(tmp_path / "own"))


@pytest.mark.parametrize(
    ("harm", "wanted"),
    [
        ("no folder", "neither VOC2007/SegmentationClass nor VOC2012"),
        ("no list", r"train\.txt is missing"),
        ("no labels", "--labels=.*no picture"),
        ("one label", "at least two different label images"),
    ],
)
def test_missing_labels_are_named(build_small, tmp_path, harm, wanted):
    folder = write_voc(tmp_path)
    settings = {"voc_dir": str(folder)}
    if harm == "no folder":
        settings = {"voc_dir": str(tmp_path / "elsewhere")}
    elif harm == "no list":
        (folder / "VOC2007/ImageSets/Segmentation/train.txt").unlink()
    else:
        (tmp_path / "own").mkdir()
        settings = {"voc_dir": None, "labels": str(tmp_path / "own")}
        if harm == "one label":
            write_labels(tmp_path / "own" / "a.png", make_labels(1))
    with pytest.raises(InputError, match=wanted):
        build_small(**settings)


def test_tfds_knows_what_it_would_download():
    """It reads its checksums with a package that it does not declare."""
    assert tfds.builder("oxford_flowers102").url_infos


def test_companions_of_macos_are_no_photos(tmp_path):
    write_photo(tmp_path / "photos" / "a.jpg", 0)
    (tmp_path / "photos" / "._a.jpg").write_bytes(b"resource fork")
    config = BuildConfig(images=(str(tmp_path / "photos"),), out=str(tmp_path / "out"))
    assert [found.name for found in find_photos(config)] == ["a.jpg"]
