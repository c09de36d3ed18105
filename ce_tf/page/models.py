"""The models that a page offers, by the names its menu shows."""

from collections.abc import Sequence
from pathlib import Path

from ce_tf.erasing.eraser import Eraser
from ce_tf.errors import InputError
from ce_tf.pretrained.files import PRETRAINED


def load_models(paths: Sequence[str]) -> dict[str, Eraser]:
    """Loads models; the first is the page's default.

    Args:
        paths: SavedModel folders and TFLite files, each of which may hold several,
            separated by commas; none is what ships with the package.

    Raises:
        InputError: one is no model, or is given twice.
    """
    names = [part for path in paths for part in path.split(",") if part]
    if not names:
        return {PRETRAINED: Eraser()}
    models = {}
    for name in names:
        label = _label(name, names)
        if label in models:
            raise InputError(f"--model={name} is given twice.")
        models[label] = Eraser(name)
    return models


def _label(name: str, names: Sequence[str]) -> str:
    """A model's file name; its whole path where another has the same."""
    same = [other for other in names if Path(other).name == Path(name).name]
    return Path(name).name if len(same) == 1 else name
