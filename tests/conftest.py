"""What several test files share: shards, a trained run and its exports, made once."""

import contextlib
import functools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from ce_tf.tensorflow_logs import import_tensorflow
from tests import workers
from tests.browser import launch_browser
from tests.fakes import write_photos, write_voc
from tests.workers import (  # noqa: F401
    pytest_xdist_auto_num_workers,
    pytest_xdist_make_scheduler,
)

# What imports TensorFlow is imported where it is used: the process that hands tests out
# to workers reads this file too, and all wait for it.
if TYPE_CHECKING:
    from ce_tf.training.config import TrainConfig


def pytest_configure(config) -> None:
    """Gives TensorFlow two logical CPUs, so that two replicas run without a GPU."""
    if config.getoption("dist", "no") != "no":
        return  # this process runs no test
    workers.share_cores()
    with mock.patch.dict(os.environ):  # what tests start says this for itself
        import_tensorflow()
    import tensorflow as tf

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
    import tensorflow as tf

    tf.distribute.MirroredStrategy._collective_key_base += 1000


TINY = 1 / 16  # width of the networks


@pytest.fixture(scope="session")
def browser():
    """The browser of all tests that need one."""
    with launch_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def make_once(tmp_path_factory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Gives the folder of a name, filled by the first worker that asks for it."""
    session = workers.session_folder(tmp_path_factory.getbasetemp())
    return functools.partial(workers.make_once, session)


@pytest.fixture(scope="session")
def wheel(make_once) -> Path:
    """The wheel of this checkout."""

    def make(folder: Path) -> None:
        # Not isolated: that would fetch setuptools anew.
        command = [
            *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
            *("--outdir", str(folder), str(Path(__file__).parents[1])),
        ]
        # Nor among what an earlier build of this checkout left.
        settings = folder / "settings.cfg"
        settings.write_text(f"[build]\nbuild-base = {folder / 'build'}\n")
        environment = os.environ | {"DIST_EXTRA_CONFIG": str(settings)}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stdout + done.stderr

    (path,) = make_once("wheel", make).glob("*.whl")
    return path


@pytest.fixture(scope="session")
def shards(make_once) -> str:
    """Shards of 24 generated photos of 150 x 170 and 40 holes of every kind."""
    from tfrecords_builder.building import build
    from tfrecords_builder.config import BuildConfig

    def make(folder: Path) -> None:
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

    return str(make_once("data", make) / "shards")


@pytest.fixture(scope="session")
def even_shards(make_once) -> str:
    """Pictures in four even shards, which two hosts can share."""

    from tfrecords_builder.building import build
    from tfrecords_builder.config import BuildConfig

    def make(folder: Path) -> None:
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

    return str(make_once("even", make) / "shards")


@pytest.fixture(scope="session")
def make_config(shards):
    """Makes the config of a tiny run on `shards`; keywords change it."""
    from ce_tf.training.config import TrainConfig

    def make(workdir: Path, **changes) -> "TrainConfig":
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
def trained_run(make_config, make_once) -> Path:
    """A run folder of four steps. Not to be changed."""
    from ce_tf.training.run import train
    from tests.ce_tf.training.states import fixed_order

    def make(folder: Path) -> None:
        with fixed_order():
            train(make_config(folder / "run"))

    return make_once("trained", make) / "run"


@pytest.fixture(scope="session")
def export_of(trained_run, make_once) -> Callable[[str], Path]:
    """Gives the run's exported file of a format; beside it lie report and weights.

    All are exported at once. Where one format misses its tolerance, each is exported
    by itself: so a miss fails the tests that use that format, and no others.
    """
    from ce_tf.exporting.comparison import ExportError
    from ce_tf.exporting.formats import FORMATS
    from ce_tf.exporting.run import export_run

    def export(formats: str, folder: Path) -> None:
        export_run(trained_run, folder / "export", formats=formats)

    def export_all(folder: Path) -> None:
        with contextlib.suppress(ExportError):
            export(",".join(FORMATS), folder)

    @functools.cache
    def find(name: str) -> Path:
        place = make_once("exports", export_all) / "export"
        if not place.exists():
            one = functools.partial(export, name)
            place = make_once(f"export-{name}", one) / "export"
        return place / FORMATS[name].file

    return find


@pytest.fixture(scope="session")
def two_sizes(make_once) -> Path:
    """A SavedModel of what ships for windows of 64 pixels and of 128, not compared."""
    from ce_tf.exporting.saved_model import write_saved_model
    from ce_tf.pretrained.files import find_weights
    from ce_tf.training.weights import load_generator

    def write(folder: Path) -> None:
        shipped = load_generator(find_weights())
        write_saved_model(shipped.generator, shipped.fill_color, 64, folder / "model")

    return make_once("two-sizes", write) / "model"
