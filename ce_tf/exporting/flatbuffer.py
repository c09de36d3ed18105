"""What a TFLite file holds, read from its tables."""

from ai_edge_litert import schema_py_generated as schema


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
