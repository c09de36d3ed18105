"""What is compared: trained networks, and fills that need no training."""

import dataclasses
import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ce_tf import baselines
from ce_tf.completion.runtimes import (
    GeneratorRuntime,
    Runtime,
    SavedModelRuntime,
    TFLiteRuntime,
)
from ce_tf.errors import InputError
from ce_tf.pretrained.files import find_model, is_pretrained
from ce_tf.tensorflow_logs import import_tensorflow

# uint8 image [S, S, 3] and mask [S, S, 1], 1 = hole -> uint8 [S, S, 3].
Fill = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclasses.dataclass(frozen=True)
class Method:
    """One way to fill holes.

    Attributes:
        name: in tables; of each method another.
        fill: does it.
        description: of a network, what it is; "" for a baseline.
        path: of a network, where it was loaded from.
        size: of a network, the side that it takes; None takes any.
    """

    name: str
    fill: Fill
    description: str = ""
    path: str | None = None
    size: int | None = None

    @property
    def trained(self) -> bool:
        """Whether it is a network, not a baseline."""
        return self.size is not None


def baseline_methods(biharmonic: bool) -> list[Method]:
    """The fills that stand in every table.

    Raises:
        InputError: `biharmonic` is asked for and scikit-image is missing.
    """
    methods = [
        Method("mean fill", baselines.mean_fill),
        Method("OpenCV Telea", baselines.telea),
        Method("OpenCV Navier-Stokes", baselines.navier_stokes),
    ]
    if biharmonic:
        if importlib.util.find_spec("skimage") is None:
            raise InputError(
                "--biharmonic needs scikit-image: pip install 'ce_tf[biharmonic]'."
            )
        methods.append(Method("biharmonic", baselines.biharmonic))
    return methods


def load_models(paths: Sequence[str]) -> list[Method]:
    """Loads networks: run folders, weights, SavedModels, TFLite files, `pretrained`.

    Raises:
        InputError: one cannot be used, one is given twice, or they are of different
            sizes.
    """
    # All are looked at before the first is loaded, which takes seconds.
    kinds = [_kind(Path(path)) for path in paths]
    names = short_names(paths)
    methods = []
    for path, kind, name in zip(paths, kinds, names, strict=True):
        runtime, description = _LOADERS[kind](Path(path))
        methods.append(Method(name, runtime.run, description, path, runtime.size))
    for method in methods:
        if method.size != methods[0].size:
            raise InputError(
                f"--model={method.path} takes pictures of {method.size} pixels, but "
                f"--model={paths[0]} of {methods[0].size}; measure them one by one."
            )
    return methods


def short_names(paths: Sequence[str]) -> list[str]:
    """The last parts of each path, as many as tell them apart.

    Raises:
        InputError: two are the same.
    """
    parts = [Path(path).absolute().parts for path in paths]
    for number, some in enumerate(parts):
        if some in parts[:number]:
            raise InputError(f"--model={paths[number]} is given twice.")
    depth = 1
    while len({some[-depth:] for some in parts}) < len(parts):
        depth += 1
    return ["/".join(some[-depth:]) for some in parts]


def _kind(path: Path) -> str:
    if is_pretrained(path):
        return "pretrained"
    if path.name.endswith(".weights.h5") and path.is_file():
        return "weights"
    if path.suffix == ".tflite" and path.is_file():
        return "tflite"
    if (path / "saved_model.pb").is_file():
        return "saved_model"
    if (path / "config.json").is_file():
        return "weights"
    what = "is none of these" if path.exists() else "does not exist"
    raise InputError(
        f"--model={path} {what}. Give a run folder of `train.py`, a .weights.h5 file, "
        "a SavedModel folder or a .tflite file (`export.py` writes the last three), or "
        "`faithful` or `vivid`, which ship with the package."
    )


def _load_weights(path: Path) -> tuple[Runtime, str]:
    import_tensorflow()
    from ce_tf.training.weights import load_generator

    trained = load_generator(path)
    runtime = GeneratorRuntime(trained.generator, trained.fill_color)
    return runtime, trained.description


def _load_saved_model(path: Path) -> tuple[Runtime, str]:
    return SavedModelRuntime(path), "SavedModel"


def _load_tflite(path: Path) -> tuple[Runtime, str]:
    return TFLiteRuntime(path), "TFLite"


def _load_pretrained(path: Path) -> tuple[Runtime, str]:
    return TFLiteRuntime(find_model(path)), "ships with the package"


_LOADERS = {
    "pretrained": _load_pretrained,
    "weights": _load_weights,
    "saved_model": _load_saved_model,
    "tflite": _load_tflite,
}
