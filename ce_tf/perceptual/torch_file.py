"""Reads the tensors of a file that PyTorch saved before 1.6, without PyTorch.

Such a file is five pickles (a magic number, a version, the machine, the objects, the
keys of the storages) and then each storage: int64, how many elements, and their bytes.
A pickle may run any code; this reader knows four names and refuses every other.
"""

import dataclasses
import io
import pickle
from collections import OrderedDict
from typing import Any, BinaryIO

import numpy as np

_MAGIC = 0x1950A86A20F9469CFC6C
_TYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


def read_tensors(content: bytes) -> dict[str, np.ndarray]:
    """The tensors by name of a saved state dict.

    Args:
        content: of the file.

    Raises:
        ValueError: it is no such file, or holds something that is no tensor.
    """
    file = io.BytesIO(content)
    try:
        if _Unpickler(file).load() != _MAGIC:
            raise ValueError("not saved by PyTorch 1.0 to 1.5")
        for _ in ("version", "machine"):
            _Unpickler(file).load()
        unpickler = _Unpickler(file)
        tensors = unpickler.load()
        for key in _Unpickler(file).load():
            unpickler.storages[key].read(file)
        return {name: tensor.array() for name, tensor in tensors.items()}
    except (pickle.UnpicklingError, EOFError, KeyError, AttributeError) as error:
        raise ValueError(f"no file of tensors: {error}") from None


@dataclasses.dataclass
class _Storage:
    """Elements that tensors are views of; they stand at the end of the file."""

    dtype: np.dtype
    count: int
    elements: np.ndarray = dataclasses.field(default_factory=lambda: np.empty(0))

    def read(self, file: BinaryIO) -> None:
        if int.from_bytes(file.read(8), "little") != self.count:
            raise ValueError("a storage has another length than the objects say")
        content = file.read(self.count * self.dtype.itemsize)
        self.elements = np.frombuffer(content, self.dtype, self.count)


@dataclasses.dataclass(frozen=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self) -> np.ndarray:
        """A copy in C order."""
        places = np.full(self.shape, self.offset)
        for axis, (length, stride) in enumerate(
            zip(self.shape, self.strides, strict=True)
        ):
            along = [1] * len(self.shape)
            along[axis] = length
            places += np.reshape(np.arange(length) * stride, along)
        return self.storage.elements[places]


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: BinaryIO):
        super().__init__(file)
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            # Behind the strides: whether it has a gradient, and hooks.
            return lambda storage, offset, shape, strides, *_: _Tensor(
                storage, offset, shape, strides
            )
        if module == "torch" and name in _TYPES:
            return _TYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is no tensor")

    def persistent_load(self, pid: tuple) -> _Storage:
        kind, dtype, key, _, count, view = pid
        if kind != "storage" or view is not None:
            raise pickle.UnpicklingError(f"{kind} is no storage")
        return self.storages.setdefault(key, _Storage(dtype, count))
