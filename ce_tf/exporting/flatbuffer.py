"""TFLite files taken apart and put together again: outputs and metadata added."""

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

# The output that `with_levels` adds.
LEVELS = "levels"
_IDENTIFIER = b"TFL3"


def read_model(content: bytes) -> schema.ModelT:
    """The tables of a TFLite file."""
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(content))


def write_model(model: schema.ModelT) -> bytes:
    """A TFLite file of these tables."""
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), _IDENTIFIER)
    return bytes(builder.Output())


def list_ops(content: bytes) -> list[str]:
    """The names of the ops that a TFLite file runs, each once, in alphabetic order."""
    model = schema.Model.GetRootAs(content)
    names = {
        value: name
        for name, value in vars(schema.BuiltinOperator).items()
        if not name.startswith("_")
    }
    codes = [model.OperatorCodes(i) for i in range(model.OperatorCodesLength())]
    return sorted(
        {
            names[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
            if code.CustomCode() is None
            else code.CustomCode().decode()
            for code in codes
        }
    )


def with_levels(content: bytes) -> bytes:
    """The same file with one more output: what the network says before it is rounded.

    Returns:
        A TFLite file whose signature also gives `levels`, float [1, S, S, 3] in
        [0, 255].
    """
    model = read_model(content)
    graph = model.subgraphs[0]
    rounded = [
        op.inputs[0]
        for op in graph.operators
        if model.operatorCodes[op.opcodeIndex].builtinCode
        == schema.BuiltinOperator.ROUND
    ]
    (levels,) = rounded  # `signature.predict_levels` is rounded once
    graph.outputs = [*graph.outputs, levels]
    entry = schema.TensorMapT()
    entry.name, entry.tensorIndex = LEVELS, levels
    (signature,) = model.signatureDefs
    signature.outputs = [*signature.outputs, entry]
    return write_model(model)
