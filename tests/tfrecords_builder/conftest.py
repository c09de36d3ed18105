"""Small sources on disk and small builds, shared by the builder's tests."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

from ce_tf.records import schema
from ce_tf.records.manifest import Manifest
from tests.fakes import write_photos, write_voc
from tfrecords_builder.building import build
from tfrecords_builder.config import BuildConfig


@pytest.fixture(scope="session")
def photos(tmp_path_factory) -> Path:
    """A folder of 40 JPEG photos, 60 x 80."""
    return write_photos(tmp_path_factory.mktemp("photos"), 40)


@pytest.fixture(scope="session")
def voc(tmp_path_factory) -> Path:
    """A VOCdevkit folder with VOC2007: 4 label images to train, 2 to validate."""
    return write_voc(tmp_path_factory.mktemp("voc"))


@pytest.fixture
def make_config(photos, voc, tmp_path) -> Callable[..., BuildConfig]:
    """Makes the settings of a small build; keywords replace them."""

    def make(**changes: Any) -> BuildConfig:
        settings = {
            "images": (str(photos),),
            "voc_dir": str(voc),
            "out": str(tmp_path / "out"),
            "size": 36,
            "mask_size": 32,
            "num_masks": 40,
            "min_shards": 3,
            "workers": 1,
        }
        return BuildConfig(**{**settings, **changes})

    return make


@pytest.fixture
def build_small(make_config) -> Callable[..., Manifest]:
    """Builds with small settings; keywords replace them."""
    return lambda **changes: build(make_config(**changes))


def read_images(folder: Path, split: str) -> list[dict[str, Any]]:
    """The image records of a split, in order, as numpy values."""
    return _read(folder, f"{split}-images-*", schema.parse_image)


def read_masks(folder: Path, split: str) -> list[dict[str, Any]]:
    """The mask records of a split, in order, as numpy values."""
    return _read(folder, f"{split}-masks-*", schema.parse_mask)


def _read(folder: Path, pattern: str, parse: Callable) -> list[dict[str, Any]]:
    paths = sorted(str(path) for path in Path(folder).glob(pattern))
    dataset = tf.data.TFRecordDataset(paths, buffer_size=1 << 20).map(parse)
    return list(dataset.as_numpy_iterator())


def hashes(folder: Path) -> dict[str, str]:
    """File name -> sha256 of everything that a build leaves for its user."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file() and ".build" not in path.parts
    }
