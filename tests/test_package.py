"""The wheel: built, installed apart from the checkout, and used."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_holds_all_of_both_packages_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "ce_tf",
        "tfrecords_builder",
    }
    for package in ("ce_tf", "tfrecords_builder"):
        files = (path for path in (ROOT / package).rglob("*") if path.is_file())
        here = {str(path.relative_to(ROOT)) for path in files if path.suffix != ".pyc"}
        inside = {name for name in names if name.startswith(f"{package}/")}
        assert here == {name for name in inside if not name.startswith("ce_tf/web/")}
    web = {name.removeprefix("ce_tf/") for name in names if "ce_tf/web/" in name}
    assert {name.split("/")[1] for name in web} == {
        *("index.html", "manifest.webmanifest", "page", "icons", "engine"),
    }
    for folder in ("page", "icons", "engine"):
        files = (path for path in (ROOT / "web" / folder).rglob("*") if path.is_file())
        here = {str(path.relative_to(ROOT)) for path in files}
        assert here == {name for name in web if name.startswith(f"web/{folder}/")}


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
