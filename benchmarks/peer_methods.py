"""What `peers.py` compares: each way to fill a hole, and how it is installed."""

import dataclasses
import importlib.util
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import cv2
import numpy as np

from ce_tf import baselines
from ce_tf.erasing.eraser import Eraser
from ce_tf.evaluating.examples import Example
from ce_tf.evaluating.methods import Fill

_CONTRIB = (
    "In a folder of its own, as it and opencv-python-headless overwrite each other: "
    "pip install --no-deps --target=contrib opencv-contrib-python-headless; then "
    "PYTHONPATH=contrib python -m benchmarks.peers."
)
_PATCH = 3  # radius of PyPatchMatch's patches, as in its examples


@dataclasses.dataclass(frozen=True)
class Peer:
    """A way to fill holes.

    Attributes:
        load: makes it ready; None where it is not installed.
        install: how it is installed.
    """

    load: Callable[[], Fill | None]
    install: str = ""


def _erase(detail: float) -> Fill:
    eraser = Eraser()
    return lambda example: eraser.erase(
        example.hidden, example.mask[..., 0], detail=detail
    )


def _erase_without_edges() -> Fill:
    erase = _erase(1.0)

    def fill(example: Example) -> np.ndarray:
        with mock.patch("ce_tf.erasing.eraser.continue_edges", return_value=None):
            return erase(example)

    return fill


def _xphoto(algorithm: str) -> Fill | None:
    if not hasattr(cv2, "xphoto"):
        return None
    number = getattr(cv2.xphoto, algorithm)

    def fill(example: Example) -> np.ndarray:
        # It wants the known pixels marked, and for shift maps CIELab.
        lab = algorithm == "INPAINT_SHIFTMAP"
        image = example.hidden
        if lab:
            image = cv2.cvtColor(image, cv2.COLOR_RGB2Lab)
        filled = np.zeros_like(image)
        cv2.xphoto.inpaint(image, (1 - example.mask[..., 0]) * 255, filled, number)
        return cv2.cvtColor(filled, cv2.COLOR_Lab2RGB) if lab else filled

    return _in_hole(fill)


def _gmic() -> Fill | None:
    program = shutil.which("gmic")
    if program is None:
        return None

    def fill(example: Example) -> np.ndarray:
        with tempfile.TemporaryDirectory() as folder:
            photo, mask, out = (str(Path(folder) / f"{name}.png") for name in "pmo")
            cv2.imwrite(photo, example.hidden[..., ::-1])
            cv2.imwrite(mask, example.mask * 255)
            command = [program, "-v", "-", photo, mask, "inpaint_matchpatch[0]", "[1]"]
            subprocess.run([*command, "output[0]", out], check=True)
            return cv2.imread(out)[..., ::-1]

    return _in_hole(fill)


def _patch_match() -> Fill | None:
    if importlib.util.find_spec("patchmatch") is None:
        return None
    from patchmatch import patch_match

    return _in_hole(
        lambda example: patch_match.inpaint(
            np.ascontiguousarray(example.hidden),
            example.mask[..., 0] * 255,
            patch_size=_PATCH,
        )
    )


def _in_hole(fill: Fill) -> Fill:
    """Some change known pixels too; what counts is the hole."""
    return lambda example: np.where(example.mask > 0, fill(example), example.image)


PEERS = {
    "OpenCV Telea": Peer(lambda: lambda e: baselines.telea(e.hidden, e.mask)),
    "OpenCV Navier-Stokes": Peer(
        lambda: lambda e: baselines.navier_stokes(e.hidden, e.mask)
    ),
    "xphoto shift map": Peer(lambda: _xphoto("INPAINT_SHIFTMAP"), _CONTRIB),
    "xphoto FSR fast": Peer(lambda: _xphoto("INPAINT_FSR_FAST"), _CONTRIB),
    "G'MIC matchpatch": Peer(_gmic, "apt-get install gmic."),
    "PyPatchMatch": Peer(_patch_match, "pip install pypatchmatch."),
    "ours without texture": Peer(lambda: _erase(0.0)),
    "ours without edges": Peer(_erase_without_edges),
    "ours": Peer(lambda: _erase(1.0)),
}
