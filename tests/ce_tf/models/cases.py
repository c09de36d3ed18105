"""One case for each layer and network of `ce_tf/models`, for `test_every_layer.py`."""

import dataclasses
from typing import Any

import keras
import numpy as np

from ce_tf.models import (
    Compact,
    ContextEncoder,
    Discriminator,
    Painter,
    PatchDiscriminator,
    ProjectedDiscriminator,
)
from ce_tf.models.attention import KnownAttention
from ce_tf.models.bottleneck import BottleneckConv2D, BottleneckConv2DTranspose
from ce_tf.models.efficientnet_lite import EfficientNetLite
from ce_tf.models.encoder import Encoder
from ce_tf.models.fourier import FourierBlock
from ce_tf.models.inverted_residual import InvertedResidual
from ce_tf.models.noise import HoleNoise
from ce_tf.models.normalization import BatchNormalization
from ce_tf.models.pull_push import PullPush
from ce_tf.models.residual import NormalizedConv2D, ResidualBlock
from ce_tf.models.spectral import SpectralConv2D
from tests.conftest import TINY


@dataclasses.dataclass(frozen=True)
class Case:
    """What is known of a layer.

    Attributes:
        make: its class.
        arguments: of its constructor; each one is looked for in its config.
        inputs: shapes of what it is called with, by name or in order; of a list, a
            list of shapes.
        output: shape of what it gives; of a list, a list of shapes.
        trainable: names of its own trainable weights, and how many it has of each.
        fixed: of those that training does not follow by gradients.
        still: of those, what is in the paths of weights that stay as they were drawn.
        training: whether `training=True` gives another output.
        precision: of what it gives under a policy of mixed_bfloat16.
    """

    make: type[keras.layers.Layer]
    arguments: dict[str, Any]
    inputs: dict[str, tuple | list[tuple]] | tuple[tuple, ...]
    output: tuple | list[tuple]
    trainable: dict[str, int] = dataclasses.field(default_factory=dict)
    fixed: dict[str, int] = dataclasses.field(default_factory=dict)
    still: str = "nothing"
    training: bool = False
    precision: str = "bfloat16"

    def build(self, **arguments: Any) -> keras.layers.Layer:
        """The layer, called once."""
        layer = self.make(**self.arguments, **arguments)
        call(layer, self.examples())
        return layer

    def examples(self) -> Any:
        """Random inputs in [-1, 1]; a mask is a square hole."""
        rng = np.random.default_rng(0)

        def fill(name: object, shape: tuple | list[tuple]) -> Any:
            if isinstance(shape, list):
                return [fill(name, one) for one in shape]
            if name != "mask":
                return rng.uniform(-1, 1, shape).astype(np.float32)
            mask = np.zeros(shape, np.float32)
            mask[:, 9:30, 5:20] = 1
            return mask

        if isinstance(self.inputs, dict):
            return {name: fill(name, shape) for name, shape in self.inputs.items()}
        return [
            fill("mask" if i else "image", shape) for i, shape in enumerate(self.inputs)
        ]

    def symbols(self) -> Any:
        """The inputs as symbols, of any batch."""

        if isinstance(self.inputs, dict):
            return {
                name: [keras.Input(one[1:]) for one in shape]
                if isinstance(shape, list)
                else keras.Input(shape[1:], name=name)
                for name, shape in self.inputs.items()
            }
        return [keras.Input(shape[1:]) for shape in self.inputs]


def call(layer: keras.layers.Layer, inputs: Any, **options: Any) -> Any:
    """Calls a layer with the inputs of its case."""
    if isinstance(inputs, list):
        return layer(*inputs, **options)
    return layer(inputs, **options)


NORM = {"gamma": 1, "beta": 1}
MOVING = {"moving_mean": 1, "moving_variance": 1}
PICTURE = {"image": (2, 128, 128, 3), "mask": (2, 128, 128, 1)}
NETWORK = {"width": TINY, "initializer": "dcgan"}


def times(count: int, names: dict[str, int]) -> dict[str, int]:
    return {name: count * number for name, number in names.items()}


CASES = (
    Case(
        BottleneckConv2D,
        {"filters": 10, "kernel_size": (4, 4)},
        ((2, 4, 4, 6),),
        (2, 1, 1, 10),
        {"kernel": 1, "bias": 1},
    ),
    Case(
        BottleneckConv2DTranspose,
        {"filters": 6, "kernel_size": (4, 4)},
        ((2, 1, 1, 10),),
        (2, 4, 4, 6),
        {"kernel": 1, "bias": 1},
    ),
    Case(
        SpectralConv2D,
        {"filters": 8, "kernel_size": (4, 4), "padding": "same", "strides": (2, 2)},
        ((2, 12, 16, 5),),
        (2, 6, 8, 8),
        {"kernel": 1, "bias": 1},
        {"direction": 1},
        training=True,
    ),
    Case(
        BatchNormalization,
        {"momentum": 0.9},
        ((2, 8, 6, 5),),
        (2, 8, 6, 5),
        NORM,
        MOVING,
        training=True,
    ),
    Case(PullPush, {}, ((2, 40, 72, 3), (2, 40, 72, 1)), (2, 40, 72, 3)),
    Case(
        NormalizedConv2D,
        {
            "filters": 8,
            "size": 3,
            "strides": 2,
            "activate": False,
            "gamma": "zeros",
            "initializer": "dcgan",
        },
        ((2, 12, 16, 5),),
        (2, 6, 8, 8),
        {"kernel": 1, **NORM},
        MOVING,
        training=True,
    ),
    Case(
        ResidualBlock,
        {"filters": 8, "initializer": "dcgan"},
        ((2, 12, 16, 8),),
        (2, 12, 16, 8),
        times(2, {"kernel": 1, **NORM}),
        times(2, MOVING),
        training=True,
    ),
    Case(
        KnownAttention,
        {"filters": 8, "keys": 4, "initializer": "dcgan"},
        ((2, 6, 8, 8), (2, 6, 8, 1)),
        (2, 6, 8, 8),
        {"kernel": 4, "bias": 3, **NORM},
        MOVING,
        training=True,
    ),
    Case(
        FourierBlock,
        {"filters": 8, "initializer": "dcgan"},
        ((2, 6, 8, 8),),
        (2, 6, 8, 8),
        times(5, {"kernel": 1, **NORM}),
        times(5, MOVING),
        training=True,
    ),
    Case(
        HoleNoise,
        {},
        ((2, 40, 300, 1),),
        (2, 40, 300, 1),
        fixed={"noise": 1},
        still="noise",
        precision="bfloat16",
    ),
    Case(
        Encoder,
        NETWORK,
        ((2, 128, 128, 3),),
        (2, 4, 4, 32),
        {"kernel": 5, "bias": 1, **times(4, NORM)},
        times(4, MOVING),
        training=True,
    ),
    Case(
        ContextEncoder,
        NETWORK,
        PICTURE,
        (2, 128, 128, 3),
        {"kernel": 12, "bias": 2, **times(10, NORM)},
        times(10, MOVING),
        training=True,
        precision="float32",
    ),
    Case(
        Compact,
        NETWORK,
        PICTURE,
        (2, 128, 128, 3),
        {"kernel": 28, "bias": 6, **times(22, NORM)},
        times(22, MOVING),
        training=True,
        precision="float32",
    ),
    Case(
        Painter,
        NETWORK,
        {"image": (2, 64, 96, 3), "mask": (2, 64, 96, 1)},
        (2, 64, 96, 3),
        {"kernel": 46, "bias": 9, **times(37, NORM)},
        {**times(37, MOVING), "noise": 1},
        still="noise",
        training=True,
        precision="float32",
    ),
    Case(
        Discriminator,
        NETWORK,
        PICTURE,
        (2, 1),
        {"kernel": 6, "bias": 2, **times(4, NORM)},
        times(4, MOVING),
        training=True,
        precision="float32",
    ),
    Case(
        PatchDiscriminator,
        NETWORK,
        PICTURE,
        (2, 16, 16, 1),
        {"kernel": 5, "bias": 5},
        {"direction": 5},
        training=True,
        precision="float32",
    ),
    Case(
        InvertedResidual,
        {"inputs": 5, "filters": 5, "size": 5, "strides": 1, "expansion": 3},
        ((2, 12, 16, 5),),
        (2, 12, 16, 5),
        {"kernel": 3, "bias": 3},
    ),
    Case(
        EfficientNetLite,
        {"variant": "lite1", "taps": (0, 2)},
        ((2, 30, 41, 3),),
        [(2, 15, 21, 16), (2, 8, 11, 24)],
        {"kernel": 9, "bias": 9},
    ),
    Case(
        ProjectedDiscriminator,
        NETWORK,
        {"features": [(2, 16, 16, 5), (2, 8, 8, 7), (2, 4, 4, 9), (2, 2, 2, 11)]},
        [(2, 8, 8, 1), (2, 4, 4, 1), (2, 4, 4, 1), (2, 2, 2, 1)],
        {"kernel": 8, "bias": 8},
        {"kernel": 4, "direction": 8},
        still="mix",
        training=True,
        precision="float32",
    ),
)
