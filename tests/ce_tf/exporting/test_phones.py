"""The code of docs/phones.md against the files that it opens and the decisions."""

import re
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from ce_tf.erasing.decisions import SPECIFICATION
from ce_tf.erasing.network_fill import LEAST
from ce_tf.exporting import resampling
from ce_tf.exporting.formats import FORMATS
from ce_tf.pretrained.files import find_models

DOC = Path(__file__).parents[3] / "docs" / "phones.md"
EXPORTED = [name for name in FORMATS if name != "saved_model"]
LANGUAGES = ("kotlin", "swift")


@pytest.fixture(params=[*EXPORTED, *find_models().values()])
def path(request, export_of) -> Path:
    return export_of(request.param) if request.param in EXPORTED else request.param


def code(language: str) -> str:
    """The page's first code block of a language: the whole file."""
    return re.findall(rf"```{language}\n(.*?)```", DOC.read_text(), re.S)[0]


def test_the_code_names_what_is_in_the_file(path):
    interpreter = Interpreter(str(path))
    # Swift runs the first signature, and so the only one.
    ((signature, names),) = interpreter.get_signature_list().items()
    runner = interpreter.get_signature_runner(signature)
    inputs, outputs = runner.get_input_details(), runner.get_output_details()
    kotlin, swift = map(code, LANGUAGES)
    listed = re.search(r"listOf\((.*)\)\.associateWith", kotlin)[1]
    assert sorted(re.findall(r'"(\w+)"', listed)) == sorted(names["inputs"])
    created = re.findall(r'create(\w+)Buffer\((.*?), "(\w+)"\)', kotlin)
    assert created == [("Input", "it", signature), ("Output", '"image"', signature)]
    assert f'model.run(inputs, outputs, "{signature}")' in kotlin
    assert re.findall(r'inputs\.getValue\("(\w+)"\)\.(\w+)', kotlin) == [
        ("mask", "readInt8"),
        ("image", "writeInt8"),
        ("mask", "writeInt8"),
    ]
    assert names["outputs"] == ["image"]
    assert 'outputs.getValue("image").readInt8()' in kotlin
    # In Swift what is not the image is the mask.
    assert 'name == "image" ? image : mask' in swift
    assert 'names.firstIndex(of: "mask")!].size' in swift
    assert "outputs[0].read()" in swift
    # Sides are the root of the mask's bytes; pictures have three times as many.
    size = int(np.sqrt(np.prod(inputs["mask"]["shape"])))
    assert inputs["mask"]["shape"].tolist() == [1, size, size, 1]
    for picture in (inputs["image"], outputs["image"]):
        assert picture["shape"].tolist() == [1, size, size, 3]
    for tensor in (*inputs.values(), *outputs.values()):
        assert tensor["dtype"] == np.uint8
    assert "ByteArray(3 * size * size)" in kotlin
    assert "[UInt8](repeating: 0, count: 3 * size * size)" in swift


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_constants_are_the_decisions(language):
    text = code(language)
    name = {"kotlin": "CONTEXT", "swift": "context"}[language]
    found = re.search(rf"^(?:const val|let) {name} = (\d+) ", text, re.M)
    assert int(found[1]) == SPECIFICATION["context"]
    # It stands where it decides.
    assert f"{name} * longer" in text
    assert "max((part * longer + whole - 1) / whole, size / 2)" in text
    looks = re.findall(r"\bapproach\((\d+), (\d+)\)", text)
    assert [[int(part), int(whole)] for part, whole in looks] == SPECIFICATION["closer"]
    part, whole = SPECIFICATION["speck"]
    assert part == 1
    assert f"{whole} * longer >= size" in text
    assert 1 / LEAST == 255
    assert "all / 255" in text
    sharp = resampling._CUBIC
    assert f"({sharp + 2} * x - {sharp + 3}) * x * x + 1" in text
    assert f"((x - 5) * x + 8) * x * {sharp} + {-4 * sharp:g}" in text


def test_both_languages_have_the_same_parts():
    def parts(language: str, word: str) -> list[str]:
        found = re.findall(rf"\b{word} (\w+)\(", code(language))
        return [name for name in found if name not in ("close", "init")]

    kotlin, swift = parts("kotlin", "fun"), parts("swift", "func")
    # What Kotlin says of a byte, Swift says by its type; and one of its lambdas has a
    # name there, and of its functions another.
    assert set(kotlin) - set(swift) == {"byte", "channel"}
    assert set(swift) - set(kotlin) == {"known", "inSource"}


def test_the_page_is_for_litert_2():
    text = DOC.read_text()
    assert "litert:litert:2.3.0" in text
    assert "org.tensorflow" not in text
    assert "TensorFlowLiteSwift" not in text
