"""The files that an installation brings along: models to run, weights to train from.

There are two: `faithful`, the default, which `pretrained` means too, and `vivid`. The
`model_card.json` of each says what its files are, and the sha256 of each.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from ce_tf.errors import InputError

# What a flag says for them, where no file or folder has that name; and their folders.
PRETRAINED, FAITHFUL, VIVID = "pretrained", "faithful", "vivid"
FOLDERS = {PRETRAINED: "", FAITHFUL: "", VIVID: VIVID}
MODEL = "eraser.tflite"
WEIGHTS = "generator.keras"
CARD = "model_card.json"

FOLDER = Path(__file__).parent


def find_model(name: str | os.PathLike = PRETRAINED) -> Path:
    """The TFLite file that runs for one of `FOLDERS`.

    Raises:
        InputError: this installation has none, or it is damaged.
    """
    return _find(name, MODEL)


def find_weights(name: str | os.PathLike = PRETRAINED) -> Path:
    """The `.keras` file, weights of 16 bits, that `--init_from` starts from.

    Raises:
        InputError: this installation has none, or they are damaged.
    """
    return _find(name, WEIGHTS)


def read_card(name: str | os.PathLike = PRETRAINED) -> dict[str, Any]:
    """What the files are: data, hours, metrics, limits, versions, hashes.

    Raises:
        InputError: this installation has none, or it is damaged.
    """
    path = FOLDER / FOLDERS[str(name)] / CARD
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(
            f"this installation ships no model {name!s}. Give the path of one: "
            "`export.py` writes SavedModels, .tflite and .keras files."
        ) from None
    except ValueError:
        raise _damaged(path) from None


def is_pretrained(name: str | os.PathLike) -> bool:
    """Whether a flag's value means the files that ship."""
    return str(name) in FOLDERS and not Path(name).exists()


def hash_bytes(data: bytes) -> str:
    """sha256, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _find(name: str | os.PathLike, file: str) -> Path:
    path, card = FOLDER / FOLDERS[str(name)] / file, read_card(name)
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
