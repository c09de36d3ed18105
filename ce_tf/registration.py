"""Makes Keras know the networks' classes, so that it opens their `.keras` files.

Keras opens a file only where the classes in it are registered, and registering them
needs Keras, which takes seconds to import and is not there where the eraser alone is
installed. So `import ce_tf` registers them where Keras is there already, and otherwise
as soon as someone imports it.
"""

import contextlib
import importlib.abc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

_KERAS = "keras"


def register_networks() -> None:
    """Registers the networks with Keras, now or when it is imported."""
    if _KERAS in sys.modules:
        _register()
    else:
        sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder):
    """Finds Keras as the other finders do, and adds to what importing it does."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname != _KERAS:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        found = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self)
        return spec


class _Loader(importlib.abc.Loader):
    """Loads Keras, and then registers the networks."""

    def __init__(self, loader: importlib.abc.Loader, finder: _Finder):
        self._loader, self._finder = loader, finder

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None
        # Whoever looks at the module, to read its files or its source, meets its own.
        spec.loader = module.__loader__ = self._loader
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self._finder)
        self._loader.exec_module(module)
        _register()


def _register() -> None:
    # An older Keras lacks what the networks are written with. Its user may want the
    # eraser alone; who opens a network's file is told by Keras that it is unknown.
    with contextlib.suppress(ImportError):
        import ce_tf.models  # noqa: F401
