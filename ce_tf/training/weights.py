"""A trained generator as one file: Keras weights, and what they are the weights of.

The file is what `keras.Model.save_weights` writes, so `load_weights` reads it too; an
attribute beside them names the network, its width and its fill.
"""

import dataclasses
import json
import tempfile
from pathlib import Path

import h5py
import keras
import numpy as np
import tensorflow as tf

from ce_tf.errors import InputError
from ce_tf.files import write_bytes
from ce_tf.pretrained.files import find_weights, is_pretrained
from ce_tf.training.checkpoints import find_checkpoint, restore_model
from ce_tf.training.config import TrainConfig
from ce_tf.training.run_folder import RunFolder, read_config
from ce_tf.training.state import fill_tensor, make_generator

SUFFIX = ".weights.h5"
_ATTRIBUTE = "ce_tf"
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
        path: a run folder of `train.py`, a `.weights.h5` file, or `pretrained` or
            `vivid` for weights that ship with the package.
        which: of a run, its `best` checkpoint by `--best_by`, or the `latest`.
            Averaged weights where the run has them.

    Raises:
        InputError: it is neither, or cannot be read.
    """
    if is_pretrained(path):
        path = find_weights(path)
    if path.name.endswith(SUFFIX):
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


def save_weights(path: Path, trained: Trained, *, half: bool = False) -> None:
    """Writes a generator's weights as Keras does, and what they are the weights of.

    Args:
        path: of the file; ends in `.weights.h5`.
        trained: what is written.
        half: as float16, in half the bytes.

    Raises:
        InputError: it cannot be written.
    """
    about = {name: getattr(trained.config, name) for name in _FIELDS}
    about |= {
        name: getattr(trained, name) for name in ("mean_color", "step", "description")
    }
    with tempfile.TemporaryDirectory() as folder:
        plain, whole = (Path(folder) / f"{name}{SUFFIX}" for name in ("plain", "whole"))
        trained.generator.save_weights(plain)
        with h5py.File(plain) as source, h5py.File(whole, "w") as target:
            _copy(source, target, np.float16 if half else np.float32)
            target.attrs[_ATTRIBUTE] = json.dumps(about)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, whole.read_bytes())
        except OSError as error:
            raise InputError(f"cannot write {path}: {error}.") from None


def _load_file(path: Path) -> Trained:
    try:
        with h5py.File(path) as file:
            about = json.loads(file.attrs[_ATTRIBUTE])
        config = TrainConfig(
            data="",
            workdir="",
            **{name: about[name] for name in _FIELDS if name in about},
        )
        generator = make_generator(config)
        generator.load_weights(path)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist.") from None
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"{path} holds no weights that `export.py` wrote: "
            f"{str(error).splitlines()[0]}"
        ) from None
    return Trained(
        generator,
        config,
        tuple(about["mean_color"]),
        about["step"],
        about["description"],
    )


def _copy(source: h5py.Group, target: h5py.Group, dtype: type) -> None:
    """Copies a tree of arrays, each as `dtype`; changed in place, a file stays long."""
    target.attrs.update(source.attrs)
    for name, item in source.items():
        if isinstance(item, h5py.Dataset):
            target[name] = item[()].astype(dtype)
        else:
            _copy(item, target.create_group(name), dtype)
