"""What is compared: networks, the whole eraser, and fills that need no training."""

import dataclasses
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
from ce_tf.erasing.eraser import Eraser
from ce_tf.errors import InputError
from ce_tf.evaluating.examples import Example
from ce_tf.extras import require_extra
from ce_tf.pretrained.files import PRETRAINED, find_model, is_pretrained
from ce_tf.tensorflow_logs import import_tensorflow

# The completed picture, uint8 [H, W, 3].
Fill = Callable[[Example], np.ndarray]
# `eraser`, or `eraser:MODEL`: not the bare network but all that `ce_tf.erase` does.
ERASER = "eraser"
_SHIPS = "ships with the package"
_SAVED_MODEL = "SavedModel"


@dataclasses.dataclass(frozen=True)
class Method:
    """One way to fill holes.

    Attributes:
        name: in tables; of each method another.
        fill: does it.
        description: what it is; "" for a baseline.
        path: where it was loaded from; None for a baseline.
        size: of a bare network, the side that it takes; None takes any.
        timed: whether `fill` does the work, and does not read what was done before.
    """

    name: str
    fill: Fill
    description: str = ""
    path: str | None = None
    size: int | None = None
    timed: bool = True

    @property
    def baseline(self) -> bool:
        """Whether it is what others are compared with."""
        return self.path is None


def baseline_methods(biharmonic: bool) -> list[Method]:
    """The fills that stand in every table.

    Raises:
        InputError: `biharmonic` is asked for and scikit-image is missing.
    """
    methods = [
        Method("mean fill", _blind(baselines.mean_fill)),
        Method("OpenCV Telea", _blind(baselines.telea)),
        Method("OpenCV Navier-Stokes", _blind(baselines.navier_stokes)),
    ]
    if biharmonic:
        require_extra("biharmonic", "--biharmonic")
        methods.append(Method("biharmonic", _blind(baselines.biharmonic)))
    return methods


def load_models(paths: Sequence[str]) -> list[Method]:
    """Loads networks: run folders, weights, SavedModels, TFLite files, `pretrained`.

    `eraser` and `eraser:MODEL` are the whole eraser, which takes pictures of any size.

    Raises:
        InputError: one cannot be used, one is given twice, or bare networks are of
            different sizes.
    """
    # All are looked at before the first is loaded, which takes seconds.
    parted = [_part(path) for path in paths]
    kinds = [_kind(model) for _, model in parted]
    methods = []
    for path, name, (whole, model), kind in zip(
        paths, short_names(paths), parted, kinds, strict=True
    ):
        if whole:
            eraser, description = _load_eraser(kind, model)
            fill, size = _erase_with(eraser), None
            description = f"the whole eraser, {description}"
        else:
            runtime, description = _LOADERS[kind](model)
            fill, size = _blind(runtime.run), runtime.size
        methods.append(Method(name, fill, description, path, size))
    bare = [method for method in methods if method.size is not None]
    for method in bare:
        if method.size != bare[0].size:
            raise InputError(
                f"--model={method.path} takes pictures of {method.size} pixels, but "
                f"--model={bare[0].path} of {bare[0].size}; measure them one by one."
            )
    return methods


def _blind(fill: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Fill:
    """Of a fill of uint8 image [H, W, 3] and mask [H, W, 1]; it sees no truth."""
    return lambda example: fill(example.hidden, example.mask)


def _erase_with(eraser: Eraser) -> Fill:
    return _blind(lambda image, mask: eraser.erase(image, mask[..., 0]))


def _part(path: str) -> tuple[bool, Path]:
    """Whether the whole eraser is meant, and its model."""
    head, colon, model = path.partition(":")
    if head != ERASER or Path(path).exists():
        return False, Path(path)
    return True, Path(model if colon else PRETRAINED)


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
    if path.name.endswith((".keras", ".weights.h5")) and path.is_file():
        return "weights"
    if path.suffix == ".tflite" and path.is_file():
        return "tflite"
    if (path / "saved_model.pb").is_file():
        return "saved_model"
    if (path / "config.json").is_file():
        return "weights"
    what = "is none of these" if path.exists() else "does not exist"
    raise InputError(
        f"--model={path} {what}. Give a run folder of `train.py`, a .keras file, "
        "a SavedModel folder or a .tflite file (`export.py` writes the last three), "
        "`pretrained`, which ships with the package, or `eraser` or "
        "`eraser:MODEL`."
    )


def _load_eraser(kind: str, path: Path) -> tuple[Eraser, str]:
    if kind == "pretrained":
        return Eraser(), _SHIPS  # which loads one network at several sizes itself
    if kind == "saved_model":
        return Eraser(path), _SAVED_MODEL  # likewise
    runtime, description = _LOADERS[kind](path)
    return Eraser(runtime), description


def _load_weights(path: Path) -> tuple[Runtime, str]:
    import_tensorflow(f"--model={path}")
    from ce_tf.training.weights import load_generator

    trained = load_generator(path)
    runtime = GeneratorRuntime(trained.generator, trained.fill_color)
    return runtime, trained.description


def _load_saved_model(path: Path) -> tuple[Runtime, str]:
    return SavedModelRuntime(path), _SAVED_MODEL


def _load_tflite(path: Path) -> tuple[Runtime, str]:
    return TFLiteRuntime(path), "TFLite"


def _load_pretrained(path: Path) -> tuple[Runtime, str]:
    return TFLiteRuntime(find_model()), _SHIPS


_LOADERS = {
    "pretrained": _load_pretrained,
    "weights": _load_weights,
    "saved_model": _load_saved_model,
    "tflite": _load_tflite,
}
