"""The files that an installation brings along: a model to run, weights to train from.

One network, as `pretrained` means it: a TFLite file for the side that it was trained
at, others for larger ones, its weights for Keras, and those of the discriminator that
trained beside it. `model_card.json` says what they are, and the sha256 of each.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from ce_tf.errors import InputError

# What a flag says for them, where no file or folder has that name.
PRETRAINED = "pretrained"
MODEL = "eraser.tflite"
LARGER_MODEL = "eraser_{size}.tflite"
WEIGHTS = "generator.keras"
DISCRIMINATOR = "discriminator.weights.h5"
CARD = "model_card.json"

FOLDER = Path(__file__).parent


def find_model() -> Path:
    """The TFLite file for the side that the network was trained at.

    Raises:
        InputError: this installation has none, or it is damaged.
    """
    return _find(MODEL)


def find_models() -> dict[int, Path]:
    """All TFLite files by the side of the pictures that they take, `find_model` first.

    Raises:
        InputError: as `find_model`.
    """
    entries = read_card()["files"].items()
    return {entry["size"]: _find(name) for name, entry in entries if "size" in entry}


def find_weights() -> Path:
    """The `.keras` file, weights of 16 bits, that `--init_from` starts from.

    Raises:
        InputError: this installation has none, or they are damaged.
    """
    return _find(WEIGHTS)


def find_discriminator() -> Path | None:
    """Weights of the discriminator that trained beside it, 16 bits; None without one.

    Raises:
        InputError: as `find_model`.
    """
    return _find(DISCRIMINATOR) if DISCRIMINATOR in read_card()["files"] else None


def read_card() -> dict[str, Any]:
    """What the files are: data, hours, metrics, limits, versions, hashes.

    Raises:
        InputError: this installation has none, or it is damaged.
    """
    path = FOLDER / CARD
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            "this installation ships no model. Give the path of one: `export.py` "
            "writes SavedModels, .tflite and .keras files."
        ) from None
    except ValueError:
        raise _damaged(path) from None


def is_pretrained(name: str | os.PathLike) -> bool:
    """Whether a flag's value means the files that ship."""
    return str(name) == PRETRAINED and not Path(name).exists()


def hash_bytes(data: bytes) -> str:
    """sha256, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _find(file: str) -> Path:
    path, card = FOLDER / file, read_card()
    try:
        same = hash_bytes(path.read_bytes()) == card["files"][file]["sha256"]
    except (OSError, KeyError, TypeError):
        same = False
    if not same:
        raise _damaged(path)
    return path


def _damaged(path: Path) -> InputError:
    return InputError(
        f"{path}, which ships with ce_tf, is missing or damaged: it is not what its "
        "model card names. Install ce_tf again, or give the path of another model."
    )
