"""The TFLite files: ops, shapes, metadata, and the documented mobile code."""

import re
from pathlib import Path

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from flatbuffers.table import Table

from ce_tf.exporting.advice import advise
from ce_tf.exporting.comparison import Comparison
from ce_tf.exporting.flatbuffer import LEVELS, list_ops, with_levels
from ce_tf.exporting.formats import FORMATS
from ce_tf.exporting.measuring import Measured
from ce_tf.exporting.metadata import NAME
from ce_tf.training.weights import load_generator

DOC = Path(__file__).parents[3] / "docs" / "export.md"
FILES = [format.file for format in FORMATS.values() if format.name != "saved_model"]
# Ops that a mobile GPU takes, or that stand at the rim; no SHAPE, PACK or Flex.
OPS = {
    *("ADD", "CAST", "CONV_2D", "DIV", "FULLY_CONNECTED", "LEAKY_RELU", "MAXIMUM"),
    *("MINIMUM", "MUL", "RELU", "RESHAPE", "ROUND", "SUB", "SUM", "TANH"),
    "TRANSPOSE_CONV",
}
MORE_OPS = {
    "model-float16.tflite": {"DEQUANTIZE"},
    "model-int8.tflite": {"DEPTHWISE_CONV_2D", "DEQUANTIZE", "FLOOR_DIV", "QUANTIZE"},
}


@pytest.fixture(scope="module", params=FILES)
def path(request, trained_run):
    return trained_run / "export" / request.param


def test_it_suits_phones(path):
    interpreter = Interpreter(str(path))
    assert interpreter.get_signature_list() == {
        "erase": {"inputs": ["image", "mask"], "outputs": ["image"]}
    }
    runner = interpreter.get_signature_runner("erase")
    inputs, outputs = runner.get_input_details(), runner.get_output_details()
    assert inputs["image"]["shape_signature"].tolist() == [1, 128, 128, 3]
    assert inputs["mask"]["shape_signature"].tolist() == [1, 128, 128, 1]
    assert outputs["image"]["shape_signature"].tolist() == [1, 128, 128, 3]
    for tensor in (*inputs.values(), *outputs.values()):
        assert tensor["dtype"] == np.uint8
    used = set(list_ops(path.read_bytes()))
    assert used <= OPS | MORE_OPS.get(path.name, set())
    assert {"CONV_2D", "TRANSPOSE_CONV", "ROUND"} <= used


def test_the_network_of_int8_is_whole_numbers(trained_run):
    content = (trained_run / "export" / "model-int8.tflite").read_bytes()
    graph = schema.Model.GetRootAs(content).Subgraphs(0)
    model = schema.Model.GetRootAs(content)
    floats = set()
    for i in range(graph.OperatorsLength()):
        op = graph.Operators(i)
        tensors = [graph.Tensors(index) for index in op.InputsAsNumpy() if index >= 0]
        if any(tensor.Type() == schema.TensorType.FLOAT32 for tensor in tensors):
            floats.add(model.OperatorCodes(op.OpcodeIndex()).BuiltinCode())
    ops = schema.BuiltinOperator
    assert floats == {ops.QUANTIZE, ops.ROUND, ops.CAST}


def test_sizes_follow_the_bits(trained_run):
    generator = load_generator(trained_run).generator
    weights = sum(int(np.prod(weight.shape)) for weight in generator.weights)
    # Beside the weights, the program of some 100 operators.
    for name, size in (("", 4), ("-float16", 2), ("-int8", 1), ("-dynamic", 1)):
        path = trained_run / "export" / f"model{name}.tflite"
        assert path.stat().st_size <= 1.04 * size * weights + 80_000


def read_metadata(content):
    """The root table of the metadata, as any flatbuffer reader finds it."""
    model = schema.Model.GetRootAs(content)
    entries = [model.Metadata(i) for i in range(model.MetadataLength())]
    (entry,) = [entry for entry in entries if entry.Name().decode() == NAME]
    data = model.Buffers(entry.Buffer()).DataAsNumpy().tobytes()
    assert flatbuffers.util.BufferHasIdentifier(data, 0, b"M001")
    return Table(data, flatbuffers.encode.Get(flatbuffers.packer.uoffset, data, 0))


def field(table, slot):
    return table.Pos + table.Offset(4 + 2 * slot)


def text(table, slot):
    return table.String(field(table, slot)).decode()


def child(table, slot):
    return Table(table.Bytes, table.Indirect(field(table, slot)))


def children(table, slot):
    offset = table.Offset(4 + 2 * slot)
    start = table.Vector(offset)
    return [
        Table(table.Bytes, table.Indirect(start + 4 * i))
        for i in range(table.VectorLen(offset))
    ]


def number(table, slot, kind):
    return table.Get(kind, field(table, slot))


def test_metadata_says_sizes_and_ranges(path):
    root = read_metadata(path.read_bytes())
    assert text(root, 0) == "context_encoder eraser"
    assert "step 4" in text(root, 1)
    assert text(root, 5) == "unspecified"
    (graph,) = children(root, 3)
    inputs, outputs = children(graph, 2), children(graph, 3)
    names = [detail["name"] for detail in Interpreter(str(path)).get_input_details()]
    assert [f"erase_{text(tensor, 0)}:0" for tensor in inputs] == names
    assert [text(tensor, 0) for tensor in outputs] == ["image"]
    types = flatbuffers.number_types
    for tensor in (*inputs, *outputs):
        content, stats = child(tensor, 3), child(tensor, 5)
        properties = child(content, 1)
        space = number(properties, 0, types.Int8Flags)
        assert space == (2 if text(tensor, 0) == "mask" else 1)  # grey, RGB
        size = child(properties, 1)
        assert number(size, 0, types.Uint32Flags) == 128
        assert number(size, 1, types.Uint32Flags) == 128
        most, least = (
            stats.Get(types.Float32Flags, stats.Vector(stats.Offset(4 + 2 * slot)))
            for slot in (0, 1)
        )
        assert (most, least) == (255, 0)


def test_the_unrounded_output_is_that_of_the_file(path):
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (1, 128, 128, 3), dtype=np.uint8)
    mask = np.zeros((1, 128, 128, 1), np.uint8)
    mask[:, 40:70, 40:70] = 1
    plain = Interpreter(model_content=content)
    more = Interpreter(model_content=with_levels(content))
    runner = more.get_signature_runner("erase")
    found = runner(image=image, mask=mask)
    wanted = plain.get_signature_runner("erase")(image=image, mask=mask)["image"]
    assert (found["image"] == wanted).all()
    levels = found[LEVELS]
    assert levels.dtype == np.float32
    assert (levels != np.round(levels)).any()
    hole = mask[..., 0] > 0
    rounded = np.clip(np.round(levels[hole]), 0, 255)
    assert (rounded == wanted[hole]).all()


def code(language):
    (block,) = re.findall(rf"```{language}\n(.*?)```", DOC.read_text(), re.S)
    return block


def test_the_kotlin_code_names_what_is_in_the_file(path):
    kotlin = code("kotlin")
    interpreter = Interpreter(str(path))
    (signature,) = interpreter.get_signature_list()
    runner = interpreter.get_signature_runner(signature)
    inputs, outputs = runner.get_input_details(), runner.get_output_details()
    assert re.search(r'runSignature\(inputs, .*, "(\w+)"\)', kotlin)[1] == signature
    given = re.search(r"val inputs = mapOf<String, Any>\((.*)\)", kotlin)[1]
    assert re.findall(r'"(\w+)" to', given) == list(inputs)
    taken = re.search(r"inputs, mapOf<String, Any>\((.*?)\), ", kotlin)[1]
    assert re.findall(r'"(\w+)" to', taken) == list(outputs)
    size = int(re.search(r"const val SIZE = (\d+)", kotlin)[1])
    assert inputs["image"]["shape"].tolist() == [1, size, size, 3]
    assert outputs["image"]["shape"].tolist() == [1, size, size, 3]
    assert "ByteArray(SIZE * SIZE * 3)" in kotlin


def test_the_swift_code_names_what_is_in_the_file(path):
    swift = code("swift")
    interpreter = Interpreter(str(path))
    inputs = {detail["name"]: detail for detail in interpreter.get_input_details()}
    named = re.search(r"let inputs = \[(.*)\]", swift)[1]
    assert set(re.findall(r'"([\w:]+)": (\w+)', named)) == {
        ("erase_image:0", "image"),
        ("erase_mask:0", "mask"),
    }
    assert set(inputs) == {"erase_image:0", "erase_mask:0"}
    size = int(re.search(r"let size = (\d+)", swift)[1])
    assert inputs["erase_image:0"]["shape"].tolist() == [1, size, size, 3]
    assert inputs["erase_mask:0"]["shape"].tolist() == [1, size, size, 1]
    assert len(interpreter.get_output_details()) == 1
    assert "output(at: 0)" in swift


def row(name, milliseconds, size, loss=0.0):
    comparison = Comparison(0.0, 0.0, 20.0 - loss, loss)
    times = {1: milliseconds, 2: milliseconds}
    return Measured(FORMATS[name], size, comparison, times)


@pytest.mark.parametrize(
    ("rows", "words", "none"),
    [
        (
            [row("float32", 25, 280), row("float16", 28, 140), row("int8", 6, 70)],
            ["ship `model-int8.tflite`: 6 ms", "nobody needs `model-float16.tflite`"],
            ["nobody needs `model.tflite`", "Not measured"],
        ),
        (
            [row("float32", 25, 280), row("dynamic", 345, 71)],
            [
                "ship `model.tflite`",
                "`model-dynamic.tflite` is smaller, 71 MB, and slow",
            ],
            ["nobody needs"],
        ),
        (
            [row("float32", 25, 280), row("int8", 6, 71), row("dynamic", 345, 70)],
            [
                "ship `model-int8.tflite`",
                "nobody needs `model-dynamic.tflite`: it takes",
            ],
            [],
        ),
        (
            [row("int8", 6, 71.0), row("dynamic", 5.9, 70.9)],
            ["ship `model-int8.tflite`"],
            ["nobody", "smaller"],
        ),
        ([row("saved_model", 25, 285)], ["Servers: ship"], ["Phones", "Not measured"]),
        ([row("float32", 25, 280)], ["Not measured: --formats=int8"], ["Servers"]),
    ],
)
def test_the_advice_follows_the_figures(rows, words, none):
    said = "\n".join(advise(rows))
    for word in words:
        assert word in said
    for word in none:
        assert word not in said
