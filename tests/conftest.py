"""What several test files share: shards, a trained run and its exports, made once."""

import contextlib
import functools
from collections.abc import Callable
from pathlib import Path

import pytest
import tensorflow as tf

from ce_tf.exporting.comparison import ExportError
from ce_tf.exporting.formats import FORMATS
from ce_tf.exporting.run import export_run
from ce_tf.training.config import TrainConfig
from ce_tf.training.run import train
from tests.ce_tf.training.states import fixed_order
from tests.fakes import write_photos, write_voc
from tfrecords_builder.building import build
from tfrecords_builder.config import BuildConfig

# Two logical CPUs, so that two replicas run without a GPU.
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0],
    [tf.config.LogicalDeviceConfiguration()] * 2,
)


@pytest.fixture(autouse=True)
def keys_of_their_own():
    """Gives strategies of different tests different keys for their collective ops.

    Two in one process share them otherwise, and ops of another form then abort each
    other. TensorFlow keeps this number for tests.
    """
    tf.distribute.MirroredStrategy._collective_key_base += 1000


TINY = 1 / 16  # width of the networks


@pytest.fixture(scope="session")
def shards(tmp_path_factory) -> str:
    """Shards of 24 generated photos of 150 x 170 and 40 holes of every kind."""
    folder = tmp_path_factory.mktemp("data")
    config = BuildConfig(
        images=(str(write_photos(folder / "photos", 24, 150, 170)),),
        voc_dir=str(write_voc(folder)),
        out=str(folder / "shards"),
        holes="silhouette:1,block:1,stroke:1,center:1",
        num_masks=40,
        val_share=0.3,
        min_shards=3,
    )
    build(config)
    return config.out


@pytest.fixture(scope="session")
def even_shards(tmp_path_factory) -> str:
    """Pictures in four even shards, which two hosts can share."""
    folder = tmp_path_factory.mktemp("even")
    config = BuildConfig(
        images=(str(write_photos(folder / "photos", 38, 130, 130)),),
        out=str(folder / "shards"),
        size=128,
        holes="block:1",
        num_masks=20,
        val_share=0.1,
        min_shards=4,
    )
    build(config)
    return config.out


@pytest.fixture(scope="session")
def make_config(shards):
    """Makes the config of a tiny run on `shards`; keywords change it."""

    def make(workdir: Path, **changes) -> TrainConfig:
        settings = {
            "data": shards,
            "workdir": str(workdir),
            "width": TINY,
            "steps": 4,
            "batch_size": 4,
            "log_every": 2,
            "steps_per_call": 2,
            "validation_pictures": 4,
            "strategy": "one_device",  # traced in half the time of two replicas
            "ema": 0.5,
            "export": False,
        }
        return TrainConfig(**(settings | changes))

    return make


@pytest.fixture(scope="session")
def trained_run(make_config, tmp_path_factory) -> Path:
    """A run folder of four steps. Not to be changed."""
    workdir = tmp_path_factory.mktemp("trained") / "run"
    with fixed_order():
        train(make_config(workdir))
    return workdir


@pytest.fixture(scope="session")
def export_of(trained_run, tmp_path_factory) -> Callable[[str], Path]:
    """Gives the run's exported file of a format; beside it lie report and weights.

    All are exported at once. Where one format misses its tolerance, each is exported
    by itself: so a miss fails the tests that use that format, and no others.
    """
    folder = tmp_path_factory.mktemp("exports")
    with contextlib.suppress(ExportError):
        export_run(trained_run, folder / "all", formats=",".join(FORMATS))

    def find(name: str) -> Path:
        place = folder / "all"
        if not place.exists():
            place = folder / name
            export_run(trained_run, place, formats=name)
        return place / FORMATS[name].file

    return functools.cache(find)
