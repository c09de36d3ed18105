"""The SavedModel in C, by the loader that servers have: docs/serving.md."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.compiler import MISSING, find_compiler
from tests.fakes import real_photo

DOC = Path(__file__).parents[3] / "docs" / "serving.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOC.read_text(), re.S)


@pytest.fixture(scope="module", params=["one size", "two sizes"])
def saved_model(request, export_of) -> Path:
    if request.param == "two sizes":  # of which the hole takes the larger
        return request.getfixturevalue("two_sizes")
    return export_of("saved_model")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The documented program, compiled as documented, and its files."""
    assert find_compiler(), MISSING
    folder = tmp_path_factory.mktemp("c")
    (program,) = blocks("c")
    (folder / "erase.c").write_text(program)
    (commands,) = blocks("bash")
    *build, run = commands.splitlines()
    assert run == "./erase run/export/saved_model photo.jpg mask.png result.png"
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        ["sh", "-ec", "\n".join(build).replace("cc ", "cc -Wall -Wextra -Werror ", 1)],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    mask = np.zeros((150, 200), np.uint8)
    mask[40:80, 60:120] = 255
    Image.fromarray(real_photo(3, 150, 200)).save(folder / "photo.jpg", quality=90)
    Image.fromarray(mask).save(folder / "mask.png")
    return folder


def erase(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [str(folder / "erase"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_it_gives_pythons_bytes(saved_model, folder):
    done = erase(folder, str(saved_model), "photo.jpg", "mask.png", "result.png")
    assert done.returncode == 0, done.stderr
    model = tf.saved_model.load(str(saved_model))
    photo, mask = (
        tf.constant([(folder / name).read_bytes()])
        for name in ("photo.jpg", "mask.png")
    )
    found = model.signatures["erase_bytes"](image_bytes=photo, mask_bytes=mask)
    assert (folder / "result.png").read_bytes() == found["image_bytes"][0].numpy()
    before, after = (
        np.asarray(Image.open(folder / name)) for name in ("photo.jpg", "result.png")
    )
    hole = np.asarray(Image.open(folder / "mask.png")) > 0
    assert (before[~hole] == after[~hole]).all()
    assert (before[hole] != after[hole]).any()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none", "photo.jpg", "mask.png", "out.png"), "Could not find SavedModel"),
        (("", "none.jpg", "mask.png", "out.png"), "none.jpg: No such file"),
        (("", "photo.jpg", "erase.c", "out.png"), "mask_bytes"),
        (("", "photo.jpg"), "erase SAVED_MODEL PHOTO MASK RESULT"),
    ],
)
def test_it_says_what_is_wrong(saved_model, folder, arguments, words):
    model, *files = arguments
    done = erase(folder, model or str(saved_model), *files)
    assert done.returncode in (1, 2)
    assert words in done.stderr.splitlines()[-1]
    assert not (folder / "out.png").exists()


def test_the_names_are_those_of_the_signature(saved_model):
    """The program's text, for it says no more than that a name is missing."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        meta = tf.compat.v1.saved_model.load(session, ["serve"], str(saved_model))
    signature = meta.signature_def["erase_bytes"]
    (program,) = blocks("c")
    named = re.findall(r'ByName\(graph, "(\w+)"\), 0', program)
    inputs = [signature.inputs[name] for name in ("image_bytes", "mask_bytes")]
    tensors = [*inputs, signature.outputs["image_bytes"]]
    assert [f"{name}:0" for name in named] == [tensor.name for tensor in tensors]
