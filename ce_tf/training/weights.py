"""A trained generator as one `.keras` file, which Keras opens too.

The file is what `keras.Model.save` writes; an entry of its archive, which Keras does
not look at, names the network's width and fill, and where its weights come from.
"""

import dataclasses
import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import tensorflow as tf

from ce_tf.errors import InputError
from ce_tf.files import write_bytes
from ce_tf.models import GENERATORS
from ce_tf.pretrained.files import find_weights, is_pretrained
from ce_tf.training.checkpoints import find_checkpoint, restore_model
from ce_tf.training.config import TrainConfig
from ce_tf.training.run_folder import RunFolder, read_config
from ce_tf.training.state import fill_tensor, make_generator

SUFFIX = ".keras"
# What earlier versions wrote: weights alone, and the same in an attribute.
OLD_SUFFIX = ".weights.h5"
SUFFIXES = (SUFFIX, OLD_SUFFIX)
# The file in a folder of exported ones.
FILES = tuple(f"generator{suffix}" for suffix in SUFFIXES)
_ENTRY, _ATTRIBUTE = "ce_tf.json", "ce_tf"
_WEIGHTS_ENTRY = "model.weights.h5"
# A file that Keras wrote does not say it: the mid of all colours.
_MEAN_COLOR = (127.5, 127.5, 127.5)
# What of a config makes the network and its input.
_FIELDS = ("model", "width", "fill", "size")


@dataclasses.dataclass(frozen=True)
class Trained:
    """A generator with trained weights.

    Attributes:
        generator: the network, float32.
        config: whose model, width and fill made it.
        mean_color: R, G, B of its training pictures, 0 to 255.
        step: how many steps it was trained.
        description: the same in words, for tables.
    """

    generator: keras.Model
    config: TrainConfig
    mean_color: tuple[float, float, float]
    step: int
    description: str

    @property
    def fill_color(self) -> tf.Tensor | None:
        """The hole's colour, float [3] in [-1, 1]; None for the visible mean."""
        return fill_tensor(self.config.fill, self.mean_color)


def load_generator(path: Path, which: str = "best") -> Trained:
    """Loads a trained generator.

    Args:
        path: a run folder of `train.py`, a `.keras` or `.weights.h5` file, a folder
            that `export.py` wrote, or `pretrained` for weights that ship with the
            package.
        which: of a run, its `best` checkpoint by `--best_by`, or the `latest`.
            Averaged weights where the run has them.

    Raises:
        InputError: it is neither, or cannot be read.
    """
    if is_pretrained(path):
        path = find_weights()
    exported = (path / name for name in FILES)
    path = next((file for file in exported if file.is_file()), path)
    if path.name.endswith(SUFFIXES):
        return _load_file(path)
    run = RunFolder(path)
    saved = read_config(run)
    generator = make_generator(saved.config)
    checkpoint = find_checkpoint(run.checkpoints, which)
    part = "averaged_generator" if saved.config.ema else "generator"
    step = restore_model(checkpoint, part, generator)
    averaged = ", averaged weights" if saved.config.ema else ""
    description = f"{saved.config.model}, step {step}{averaged}"
    return Trained(generator, saved.config, saved.mean_color, step, description)


def save_model(path: Path, trained: Trained, *, half: bool = False) -> None:
    """Writes a generator as Keras does, and what Keras does not know of it.

    Args:
        path: of the file; ends in `.keras`.
        trained: what is written.
        half: weights as float16, in half the bytes; Keras turns them back.

    Raises:
        InputError: it cannot be written.
    """
    about = {name: getattr(trained.config, name) for name in _FIELDS}
    about |= {
        name: getattr(trained, name) for name in ("mean_color", "step", "description")
    }
    whole = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / f"plain{SUFFIX}"
        trained.generator.save(plain)
        with zipfile.ZipFile(plain) as source, zipfile.ZipFile(whole, "w") as target:
            for name in source.namelist():
                data = source.read(name)
                if half and name == _WEIGHTS_ENTRY:
                    data = halve(data)
                target.writestr(name, data)
            target.writestr(_ENTRY, json.dumps(about))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, whole.getvalue())
    except OSError as error:
        raise InputError(f"cannot write {path}: {error}.") from None


def _load_file(path: Path) -> Trained:
    try:
        read = _read_archive if path.suffix == SUFFIX else _read_weights
        generator, about = read(path)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist.") from None
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path} is no trained network of ce_tf, which `export.py` or Keras "
            f"wrote: {str(error).splitlines()[0]}"
        ) from None
    return Trained(
        generator,
        _config(about),
        tuple(about["mean_color"]),
        about["step"],
        about["description"],
    )


def _read_archive(path: Path) -> tuple[keras.Model, dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        ours = _ENTRY in archive.namelist()
        about = json.loads(archive.read(_ENTRY)) if ours else None
    generator = keras.models.load_model(path)
    names = {network: name for name, network in GENERATORS.items()}
    if type(generator) not in names:
        raise ValueError(f"it holds a {type(generator).__name__}")
    if about is None:  # of `model.save`
        about = {
            "model": names[type(generator)],
            "width": generator.width,
            "size": generator.size,
            "mean_color": _MEAN_COLOR,
            "step": 0,
            "description": f"{names[type(generator)]}, saved by Keras",
        }
    return generator, about


def _read_weights(path: Path) -> tuple[keras.Model, dict[str, Any]]:
    with h5py.File(path) as file:
        about = json.loads(file.attrs[_ATTRIBUTE])
    generator = make_generator(_config(about))
    generator.load_weights(path)
    return generator, about


def _config(about: dict[str, Any]) -> TrainConfig:
    known = {name: about[name] for name in _FIELDS if name in about}
    return TrainConfig(data="", workdir="", **known)


def halve(data: bytes) -> bytes:
    """An HDF5 file with its arrays as float16, in half the bytes."""
    halved = io.BytesIO()  # changed in place, the file would stay long
    with h5py.File(io.BytesIO(data)) as source, h5py.File(halved, "w") as target:
        _copy(source, target)
    return halved.getvalue()


def _copy(source: h5py.Group, target: h5py.Group) -> None:
    target.attrs.update(source.attrs)
    for name, item in source.items():
        if isinstance(item, h5py.Dataset):
            target[name] = item[()].astype(np.float16)
        else:
            _copy(item, target.create_group(name))
