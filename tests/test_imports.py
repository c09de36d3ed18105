"""Imports run one way: from the commands down to what stands on nothing."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Rooms (packages, and files that stand beside them) by floor, the lowest first. One may
# import from its own room and from lower floors, in functions and for types as well.
FLOORS = (
    *("ce_tf.errors", "ce_tf.extras ce_tf.files"),
    "ce_tf.tensorflow_logs ce_tf.metrics ce_tf.jobs",
    "ce_tf.command_line ce_tf.images ce_tf.records ce_tf.models",
    "ce_tf.perceptual ce_tf.completion ce_tf.pretrained ce_tf.baselines "
    "ce_tf.registration",
    "ce_tf.data ce_tf.erasing",
    "ce_tf.training",
    "ce_tf.loading ce_tf.exporting ce_tf.evaluating",
    "ce_tf.page",
    "ce_tf.train ce_tf.export ce_tf.erase ce_tf.evaluate ce_tf.app",
)
BUILDER_FLOORS = (
    *("ce_tf.errors", "ce_tf.extras ce_tf.files", "ce_tf.tensorflow_logs ce_tf.jobs"),
    "ce_tf.command_line ce_tf.images ce_tf.records",
    "tfrecords_builder.config",
    "tfrecords_builder.files",
    "tfrecords_builder.photos",
    "tfrecords_builder.holes",
    "tfrecords_builder.jobs",
    "tfrecords_builder.preview tfrecords_builder.summary tfrecords_builder.verify "
    "tfrecords_builder.tfds_metadata",
    "tfrecords_builder.building",
    "tfrecords_builder.__main__",
)
# What a file of a room may import that is not ours and not Python's own.
PURE = {"ce_tf.models": {"keras"}}


def find_modules(package: str) -> dict[str, Path]:
    modules = {}
    for path in (ROOT / package).rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        modules[".".join(parts).removesuffix(".__init__")] = path
    return modules


MODULES = find_modules("ce_tf") | find_modules("tfrecords_builder")


def read_imports(path: Path) -> Iterator[str]:
    """The modules that a file imports anywhere: of `from a import b` a.b, if it is."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in MODULES else str(node.module)


IMPORTS = {name: set(read_imports(path)) for name, path in MODULES.items()}


def room_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


def find_floors(module: str) -> dict[str, int]:
    floors = BUILDER_FLOORS if module.startswith("tfrecords_builder") else FLOORS
    return {room: floor for floor, rooms in enumerate(floors) for room in rooms.split()}


def test_imports_run_down():
    wrong = []
    for module in MODULES:
        room, floors = room_of(module), find_floors(module)
        if "." not in module:
            continue  # `ce_tf` itself hands `Eraser` out
        assert room in floors, f"{room} stands on no floor"
        for imported in IMPORTS[module]:
            # `ce_tf` is imported for its version alone.
            if imported not in MODULES or imported == "ce_tf":
                continue
            target = room_of(imported)
            lower = target in floors and floors[target] < floors[room]
            if not lower and target != room:
                wrong.append(f"{module} imports {imported}")
    assert not wrong


def test_no_imports_go_in_a_circle():
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way[way.index(module) :], module))
        if module in done:
            return
        for imported in IMPORTS[module] & MODULES.keys() - {"ce_tf"}:
            visit(imported, (*way, module))
        done.add(module)

    for module in MODULES:
        visit(module, ())


@pytest.mark.parametrize(("room", "allowed"), PURE.items())
def test_networks_are_keras_alone(room, allowed):
    inside = [name for name in MODULES if room_of(name) == room]
    found = set().union(*(IMPORTS[module] for module in inside))
    others = {name.split(".")[0] for name in found if room_of(name) != room}
    assert allowed <= others <= allowed | sys.stdlib_module_names
