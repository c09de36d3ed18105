"""The TFLite files: ops, shapes, and which one is advised."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from ce_tf.exporting.advice import advise
from ce_tf.exporting.comparison import Comparison
from ce_tf.exporting.flatbuffer import list_ops
from ce_tf.exporting.formats import FORMATS
from ce_tf.exporting.measuring import Measured
from ce_tf.training.weights import load_generator

NAMES = [name for name in FORMATS if name != "saved_model"]
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


@pytest.fixture(scope="module", params=NAMES)
def path(request, export_of):
    return export_of(request.param)


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


def test_the_network_of_int8_is_whole_numbers(export_of):
    content = export_of("int8").read_bytes()
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


@pytest.mark.parametrize(
    ("name", "size"), [("float32", 4), ("float16", 2), ("int8", 1), ("dynamic", 1)]
)
def test_sizes_follow_the_bits(trained_run, export_of, name, size):
    generator = load_generator(trained_run).generator
    weights = sum(int(np.prod(weight.shape)) for weight in generator.weights)
    # Beside the weights, the program of some 100 operators.
    assert export_of(name).stat().st_size <= 1.04 * size * weights + 80_000


def row(name, milliseconds, size, loss=0.0, mean=0.0):
    comparison = Comparison(0, mean, 20.0 - loss, loss)
    times = {1: milliseconds, 2: milliseconds}
    return Measured(FORMATS[name], size, comparison, times)


@pytest.mark.parametrize(
    ("rows", "words", "none"),
    [
        (
            [row("float32", 25, 280), row("float16", 28, 140), row("int8", 6, 70)],
            ["ship `model-int8.tflite`: 6 ms", "nobody needs `model-float16.tflite`"],
            ["nobody needs `model.tflite`"],
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
            [row("int8", 6, 71.0, mean=2.0), row("dynamic", 5.9, 70.9, mean=0.3)],
            ["ship `model-dynamic.tflite`"],
            ["nobody", "smaller", "Not measured"],
        ),
        (
            [row("int8", 2, 2.7, 0.2, 2.9), row("dynamic", 3.0, 2.7, 0.01, 0.3)],
            [
                "ship `model-dynamic.tflite`: 3 ms",
                "`model-int8.tflite` is 0.20 dB below the model",
            ],
            ["nobody", "smaller"],
        ),
        (
            [row("int8", 2, 2.7, 0.2, 2.9)],
            ["ship `model-int8.tflite`: 2 ms", "0.20 dB below"],
            ["DSP"],
        ),
        ([row("saved_model", 25, 285)], ["Servers: ship"], ["Phones", "Not measured"]),
        ([row("float32", 25, 280)], ["Not measured: --formats=dynamic"], ["Servers"]),
    ],
)
def test_the_advice_follows_the_figures(rows, words, none):
    said = "\n".join(advise(rows))
    for word in words:
        assert word in said
    for word in none:
        assert word not in said
