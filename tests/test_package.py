"""The wheel: built, installed apart from the checkout, and used."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    # Not isolated: that would fetch setuptools anew.
    command = [
        *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
        *("--outdir", str(out), str(ROOT)),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = out.glob("*.whl")
    return path


def test_the_wheel_holds_both_packages_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "ce_tf",
        "tfrecords_builder",
    }
    for name in (
        "ce_tf/py.typed",
        "tfrecords_builder/py.typed",
        "ce_tf/models/encoder.py",
        "ce_tf/page/opening.js",
        "ce_tf/page/page.css",
    ):
        assert name in names


def test_the_installed_commands_run(wheel, tmp_path):
    """With the dependencies of this environment, but not its checkout."""
    target = tmp_path / "site"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
            *("--target", str(target), str(wheel)),
        ],
        check=True,
        capture_output=True,
    )
    environment = os.environ | {"PYTHONPATH": str(target)}
    names = ("build", "train", "export", "erase", "app", "evaluate")
    for command in (f"ce-tf-{name}" for name in names):
        script = target / "bin" / command
        done = subprocess.run(
            [sys.executable, str(script), "--help"],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        assert "Flags:" in done.stdout
    where = "import ce_tf, tfrecords_builder as t; print(ce_tf.__file__, t.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", where],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
        check=True,
    )
    assert done.stdout.count(str(target)) == 2
