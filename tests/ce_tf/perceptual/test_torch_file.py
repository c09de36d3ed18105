import io
import pickle
import struct
from collections import OrderedDict

import numpy as np
import pytest

from ce_tf.perceptual.torch_file import read_tensors

MAGIC = 0x1950A86A20F9469CFC6C


class Named:
    """Pickles as the name of a thing of a module, called with arguments."""

    def __init__(self, module: str, name: str, *arguments):
        self.path, self.arguments = (module, name), arguments


class Writer(pickle._Pickler):
    """Writes names of modules that are not there, and storages by their key."""

    def save(self, obj, save_persistent_id=True):
        if isinstance(obj, Named):
            self.write(pickle.GLOBAL + "{}\n{}\n".format(*obj.path).encode())
            if obj.arguments:
                super().save(obj.arguments)
                self.write(pickle.REDUCE)
            return
        super().save(obj, save_persistent_id)

    def persistent_id(self, obj):
        return obj.pid if isinstance(obj, Storage) else None


class Storage:
    def __init__(self, key: str, kind: str, count: int):
        self.pid = ("storage", Named("torch", kind), key, "cpu", count, None)


def write(objects, storages=(), magic: int = MAGIC) -> bytes:
    """A file as PyTorch wrote it; storages are (key, array)."""
    file = io.BytesIO()
    for thing in (magic, 1001, {}, objects, [key for key, _ in storages]):
        Writer(file, 2).dump(thing)
    for _, array in storages:
        file.write(struct.pack("<q", array.size) + array.tobytes())
    return file.getvalue()


def tensor(storage: Storage, offset: int, shape: tuple, strides: tuple) -> Named:
    arguments = (storage, offset, shape, strides, False, OrderedDict())
    return Named("torch._utils", "_rebuild_tensor_v2", *arguments)


def test_tensors_are_views_of_storages():
    """Two of one storage, one of them transposed, and a scalar of whole numbers."""
    numbers = np.arange(10, dtype="<f4")
    count = np.array([7], "<i8")
    floats = Storage("a", "FloatStorage", 10)
    objects = OrderedDict(
        plain=tensor(floats, 4, (2, 3), (3, 1)),
        turned=tensor(floats, 0, (3, 2), (1, 3)),
        count=tensor(Storage("b", "LongStorage", 1), 0, (), ()),
    )
    found = read_tensors(write(objects, [("a", numbers), ("b", count)]))
    assert list(found) == ["plain", "turned", "count"]
    np.testing.assert_array_equal(found["plain"], numbers[4:].reshape(2, 3))
    np.testing.assert_array_equal(found["turned"], numbers[:6].reshape(2, 3).T)
    assert found["count"] == 7
    assert found["count"].shape == ()


@pytest.mark.parametrize(
    ("module", "name"),
    [("os", "system"), ("builtins", "eval"), ("torch", "load"), ("torch.nn", "Conv2d")],
)
def test_nothing_but_tensors_is_built(module, name, capfd):
    objects = OrderedDict(bad=Named(module, name, "echo run"))
    with pytest.raises(ValueError, match=rf"{module}\.{name} is no tensor"):
        read_tensors(write(objects))
    assert capfd.readouterr().out == ""


def test_other_and_damaged_files_are_refused():
    floats = Storage("a", "FloatStorage", 10)
    objects = OrderedDict(plain=tensor(floats, 0, (10,), (1,)))
    whole = write(objects, [("a", np.zeros(10, "<f4"))])
    with pytest.raises(ValueError, match="PyTorch"):
        read_tensors(write(objects, magic=1))
    with pytest.raises(ValueError, match="another length"):
        read_tensors(write(objects, [("a", np.zeros(9, "<f4"))]))
    for content in (b"", b"PK\x03\x04 a zip", whole[:-5], whole[:40]):
        with pytest.raises(ValueError, match=r"\w"):
            read_tensors(content)
