"""The files that an installation brings along: a model to run, weights to train from.

`model_card.json` beside them says what they are, and the sha256 of each.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from ce_tf.errors import InputError

# What a flag says for them, where no file or folder has that name.
PRETRAINED = "pretrained"
MODEL = "eraser.tflite"
WEIGHTS = "generator.weights.h5"
CARD = "model_card.json"

_FOLDER = Path(__file__).parent


def find_model() -> Path:
    """The TFLite file that runs by default.

    Raises:
        InputError: this installation has none, or it is damaged.
    """
    return _find(MODEL)


def find_weights() -> Path:
    """The Keras weights, of 16 bits, that `--init_from=pretrained` starts from.

    Raises:
        InputError: this installation has none, or they are damaged.
    """
    return _find(WEIGHTS)


def read_card() -> dict[str, Any]:
    """What the files are: data, hours, metrics, limits, versions, hashes.

    Raises:
        InputError: this installation has none, or it is damaged.
    """
    path = _FOLDER / CARD
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            "no model is given, and this installation ships none. Give a path: "
            "`export.py` writes SavedModels, .tflite and .weights.h5 files."
        ) from None
    except ValueError:
        raise _damaged(path) from None


def is_pretrained(name: str | Path) -> bool:
    """Whether a flag's value means the files that ship."""
    return str(name) == PRETRAINED and not Path(name).exists()


def hash_bytes(data: bytes) -> str:
    """sha256, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _find(name: str) -> Path:
    path, card = _FOLDER / name, read_card()
    try:
        same = hash_bytes(path.read_bytes()) == card["files"][name]["sha256"]
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
