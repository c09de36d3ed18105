"""`pip install ce_tf` in an environment of its own: the eraser, and no TensorFlow."""

import importlib.metadata
import os
import re
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ce_tf import extras
from ce_tf.erase import run
from tests.fakes import make_photo

ROOT = Path(__file__).parents[1]
# All that is installed with it: what it asks for, and what LiteRT asks for.
ALL = {
    *("absl-py", "ai-edge-litert", "ce-tf", "numpy", "opencv-python-headless"),
    *("pillow", "tqdm"),
    *("backports-strenum", "flatbuffers", "ml-dtypes", "protobuf", "typing-extensions"),
}
ERASE = ["-m", "ce_tf.erase", "--mask=mask.png", "--out=result.png"]
EVALUATE = ["-m", "ce_tf.evaluate", "--images=photo.png", "--protocol=center"]
EVALUATE += ["--out=report"]


@pytest.fixture(scope="session")
def light(make_once, wheel) -> Path:
    """The Python of an environment with the wheel and what it asks for alone.

    Of the versions that are installed here, so that results can be compared.
    """

    def make(folder: Path) -> None:
        here = {d.name: d.version for d in importlib.metadata.distributions()}
        constraints = folder / "constraints.txt"
        constraints.write_text(
            "".join(f"{name}=={here[name]}\n" for name in here if _plain(name) in ALL)
        )
        for command in (
            [*("-m", "venv", "--without-pip"), str(folder / "venv")],
            [
                *("-m", "pip", "--python", str(folder / "venv" / "bin" / "python")),
                *("install", "--quiet", "--constraint", str(constraints), str(wheel)),
            ],
        ):
            # A PYTHONPATH with this package on it would look installed already.
            environment = os.environ | {"PYTHONPATH": ""}
            done = subprocess.run(
                [sys.executable, *command],
                capture_output=True,
                text=True,
                env=environment,
            )
            assert done.returncode == 0, done.stdout + done.stderr

    return make_once("light", make) / "venv" / "bin" / "python"


@pytest.fixture
def call(light, tmp_path):
    """Runs the light Python in a folder with a photo and a mask; gives what it said."""
    Image.fromarray(make_photo(1, 270, 300)).save(tmp_path / "photo.png")
    mask = np.zeros((270, 300), np.uint8)
    mask[50:120, 220:290] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")

    def call(*arguments: str) -> subprocess.CompletedProcess:
        environment = os.environ | {"PYTHONPATH": "", "PYTHONNOUSERSITE": "1"}
        return subprocess.run(
            [str(light), *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
        )

    return call


def test_little_is_installed(light):
    code = "from importlib.metadata import *\nfor d in distributions(): print(d.name)"
    done = subprocess.run(
        [str(light), "-I", "-c", code], capture_output=True, text=True, check=True
    )
    assert {_plain(name) for name in done.stdout.split()} == ALL


def test_it_erases_quietly_and_to_the_same_bytes(call, tmp_path, monkeypatch):
    done = call(*ERASE, "photo.png")
    assert (done.returncode, done.stderr) == (0, "")
    light = (tmp_path / "result.png").read_bytes()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        run(["", *ERASE[2:], "photo.png"])
    assert not stopped.value.code
    assert (tmp_path / "result.png").read_bytes() == light


# A door that stands on an extra, and the extra.
DOORS = [
    ([str(ROOT / "train.py"), "--data=shards", "--workdir=run"], "train"),
    (["-m", "ce_tf.train", "--data=shards", "--workdir=run"], "train"),
    ([str(ROOT / "export.py"), "--run=run"], "train"),
    (["-m", "ce_tf.export", "--run=run"], "train"),
    (["-m", "tfrecords_builder", "--images=photos", "--out=shards"], "train"),
    (["-m", "tfrecords_builder", "verify", "shards"], "train"),
    (["-m", "ce_tf.evaluate", "--data=shards", "--out=report"], "train"),
    ([*EVALUATE, "--model=run"], "train"),
    ([*EVALUATE, "--model=saved"], "train"),
    ([*EVALUATE, "--perceptual"], "train"),
    ([*EVALUATE, "--biharmonic"], "biharmonic"),
    ([*ERASE, "--model=saved", "photo.png"], "train"),
    ([*ERASE, "photo.heic"], "heic"),
    (["-m", "ce_tf.app"], "app"),
]


@pytest.mark.parametrize(("arguments", "extra"), DOORS)
def test_a_missing_extra_is_one_line_that_names_it(call, tmp_path, arguments, extra):
    for file in ("saved/saved_model.pb", "run/config.json"):
        (tmp_path / file).parent.mkdir()
        (tmp_path / file).write_text("{}")
    (tmp_path / "photo.heic").write_bytes(b"\0\0\0\30ftypheic" + bytes(40))
    before = sorted(tmp_path.rglob("*"))
    done = call(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.endswith(f"not installed: pip install 'ce_tf[{extra}]'.\n")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before  # and no work is begun


def test_a_network_needs_an_extra(call):
    done = call("-c", "import ce_tf; ce_tf.load()")
    assert done.stderr.endswith(
        "ce_tf.load needs tensorflow, which is not installed: "
        "pip install 'ce_tf[train]'.\n"
    )


def test_every_command_has_help(light, call):
    for name in ("build", "train", "export", "erase", "app", "evaluate"):
        done = call(str(light.with_name(f"ce-tf-{name}")), "--help")
        assert done.returncode == 0, done.stderr
        assert "Flags:" in done.stdout


def test_photos_are_measured(call, tmp_path):
    """What runs on LiteRT and OpenCV needs no TensorFlow, evaluation too."""
    done = call(*EVALUATE, "--model=pretrained")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report" / "report.md").is_file()


def test_each_extra_of_the_errors_is_one_of_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(name).decode())
    # The distributions of an extra, as the wheel says.
    brings: dict[str, set[str]] = {name: set() for name in extras.MODULES}
    for line in metadata.get_all("Requires-Dist", []):
        found = re.search("extra == [\"'](.+?)[\"']", line)
        if found and found[1] in brings:
            brings[found[1]].add(_plain(re.match(r"[\w.-]+", line)[0]))
    distributions = importlib.metadata.packages_distributions()
    for extra, modules in extras.MODULES.items():
        for module in modules:
            assert {_plain(name) for name in distributions[module]} & brings[extra]


def _plain(name: str) -> str:
    """A distribution's name as all spellings of it are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()
