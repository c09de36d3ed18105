"""`tf.train.Example` without TensorFlow, whose import takes four seconds.

The same messages by the same numbers (tensorflow/core/example/example.proto and
feature.proto), so the same bytes: either reads what the other writes.
"""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_PACKAGE = "ce_tf.example"
_FIELD = descriptor_pb2.FieldDescriptorProto


def _field(
    message: descriptor_pb2.DescriptorProto,
    name: str,
    number: int,
    kind: int,
    *,
    type_name: str = "",
    repeated: bool = False,
) -> descriptor_pb2.FieldDescriptorProto:
    label = _FIELD.LABEL_REPEATED if repeated else _FIELD.LABEL_OPTIONAL
    field = message.field.add(name=name, number=number, type=kind, label=label)
    if type_name:
        field.type_name = f".{_PACKAGE}.{type_name}"
    return field


def _make_class() -> Any:
    file = descriptor_pb2.FileDescriptorProto(
        name="ce_tf/example.proto", package=_PACKAGE, syntax="proto3"
    )
    lists = (
        ("BytesList", "bytes_list", _FIELD.TYPE_BYTES),
        ("FloatList", "float_list", _FIELD.TYPE_FLOAT),
        ("Int64List", "int64_list", _FIELD.TYPE_INT64),
    )
    for name, _, kind in lists:
        _field(file.message_type.add(name=name), "value", 1, kind, repeated=True)
    feature = file.message_type.add(name="Feature")
    feature.oneof_decl.add(name="kind")
    for number, (name, field, _) in enumerate(lists, 1):
        kind = _field(feature, field, number, _FIELD.TYPE_MESSAGE, type_name=name)
        kind.oneof_index = 0
    features = file.message_type.add(name="Features")
    entry = features.nested_type.add(name="FeatureEntry")
    entry.options.map_entry = True
    _field(entry, "key", 1, _FIELD.TYPE_STRING)
    _field(entry, "value", 2, _FIELD.TYPE_MESSAGE, type_name="Feature")
    _field(
        features,
        "feature",
        1,
        _FIELD.TYPE_MESSAGE,
        type_name="Features.FeatureEntry",
        repeated=True,
    )
    example = file.message_type.add(name="Example")
    _field(example, "features", 1, _FIELD.TYPE_MESSAGE, type_name="Features")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = pool.FindMessageTypeByName(f"{_PACKAGE}.Example")
    return message_factory.GetMessageClass(found)


Example: Any = _make_class()
