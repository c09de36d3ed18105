"""TFLite metadata: what mobile tools read of a file's inputs and output.

A flatbuffer of its own in the file's buffers, named TFLITE_METADATA, by the schema
`metadata_schema.fbs` of TensorFlow Lite Support, identifier M001.
"""

import json

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from ce_tf.exporting.flatbuffer import read_model, write_model

NAME = "TFLITE_METADATA"
_IDENTIFIER = b"M001"
_IMAGE_PROPERTIES = 2  # of the schema's union ContentProperties
_COLOR_SPACES = {"RGB": 1, "GRAYSCALE": 2}
_IMAGE = "RGB photo, bytes 0 to 255, height x width x 3."
_MASK = "Bytes: 0 is kept, any other value is hole, to be filled. height x width x 1."
_COMPLETED = "The photo with its hole filled; outside the hole its own bytes."


def add_metadata(content: bytes, size: int, card: dict) -> bytes:
    """Puts sizes, ranges and the model card's words into a TFLite file.

    Args:
        content: the file.
        size: side of its pictures, in pixels.
        card: the model card, which gives name, version and license.
    """
    model = read_model(content)
    graph = model.subgraphs[0]
    (signature,) = model.signatureDefs
    inputs = {entry.tensorIndex: _text(entry.name) for entry in signature.inputs}
    builder = flatbuffers.Builder(1024)
    tensors = {
        "image": ("image", _IMAGE, "RGB"),
        "mask": ("mask", _MASK, "GRAYSCALE"),
    }
    # In the graph's own order of inputs, by which tools match them.
    described = [tensors[inputs[index]] for index in graph.inputs]
    graph_table = _table(
        builder,
        {
            0: _string(builder, "erase"),
            2: _vector(builder, [_tensor(builder, size, *row) for row in described]),
            3: _vector(builder, [_tensor(builder, size, "image", _COMPLETED, "RGB")]),
        },
    )
    description = json.dumps({name: card[name] for name in ("trained", "hole_rule")})
    root = _table(
        builder,
        {
            0: _string(builder, card["name"]),
            1: _string(builder, description),
            2: _string(builder, card["versions"]["ce_tf"]),
            3: _vector(builder, [graph_table]),
            5: _string(builder, card["license"]),
            7: _string(builder, "1.0.0"),
        },
    )
    builder.Finish(root, _IDENTIFIER)
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = list(builder.Output())
    entry.name, entry.buffer = NAME, len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [*(model.metadata or []), entry]
    return write_model(model)


def _tensor(
    builder: flatbuffers.Builder, size: int, name: str, text: str, space: str
) -> int:
    """A TensorMetadata table: name, description, content, stats."""
    properties = _table(
        builder,
        {
            0: ("Int8", _COLOR_SPACES[space]),
            1: _table(builder, {0: ("Uint32", size), 1: ("Uint32", size)}),
        },
    )
    content = _table(builder, {0: ("Uint8", _IMAGE_PROPERTIES), 1: properties})
    stats = _table(builder, {0: _floats(builder, 255), 1: _floats(builder, 0)})
    slots = {0: _string(builder, name), 1: _string(builder, text), 3: content, 5: stats}
    return _table(builder, slots)


def _table(builder: flatbuffers.Builder, slots: dict[int, "int | tuple | None"]) -> int:
    """A table: of each slot an offset, or (type, number)."""
    builder.StartObject(max(slots) + 1)
    for slot, value in slots.items():
        if isinstance(value, tuple):
            kind, number = value
            getattr(builder, f"Prepend{kind}Slot")(slot, number, 0)
        else:
            builder.PrependUOffsetTRelativeSlot(slot, value, 0)
    return builder.EndObject()


def _string(builder: flatbuffers.Builder, text: str) -> int:
    return builder.CreateString(text)


def _vector(builder: flatbuffers.Builder, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()


def _floats(builder: flatbuffers.Builder, value: float) -> int:
    builder.StartVector(4, 1, 4)
    builder.PrependFloat32(value)
    return builder.EndVector()


def _text(name: bytes | str) -> str:
    return name if isinstance(name, str) else name.decode()
