"""EfficientNet-Lite: what it sees of a picture at several sizes."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import keras
from keras import KerasTensor, ops

# Filters, side of the kernel, stride, expansion and blocks of each stage of Lite0.
_STAGES = (
    (16, 3, 1, 1, 1),
    (24, 3, 2, 6, 2),
    (40, 5, 2, 6, 2),
    (80, 3, 2, 6, 3),
    (112, 5, 1, 6, 3),
    (192, 5, 2, 6, 4),
    (320, 3, 1, 6, 1),
)
_STEM = 32
# By name: what multiplies the number of blocks of every stage but the first and last.
DEPTHS = {"lite0": 1.0, "lite1": 1.1}


@keras.saving.register_keras_serializable("ce_tf")
class EfficientNetLite(keras.Model):
    """The blocks of EfficientNet-Lite0 or Lite1, up to the last that is asked for.

    Tan and Le 2019 (arXiv 1905.11946) without squeeze-and-excitation and with ReLU6, as
    TensorFlow released it: inverted residuals (arXiv 1801.04381), whose outputs are
    linear. Batch normalisation is folded into the convolutions, which so have biases.

    Call: float [B, H, W, 3] in [-1, 1], H and W any -> list of float [B, h, w, C], the
    outputs of the blocks that were asked for.

    Args:
        name: `lite0` (16 blocks) or `lite1` (21).
        blocks: numbers of the blocks whose outputs are returned, rising.
    """

    def __init__(self, name: str, blocks: Sequence[int], **kwargs: Any):
        super().__init__(name=name, dtype="float32", **kwargs)
        self.chosen = tuple(blocks)
        self.stem = _convolution(_STEM, 3, strides=2, name="stem")
        shapes = list(_block_shapes(DEPTHS[name]))[: self.chosen[-1] + 1]
        self.blocks = [_Block(*shape, name=f"block{i}") for i, shape in shapes]

    def call(self, image: KerasTensor) -> list[KerasTensor]:
        # Bytes less 127, over 128: what it was trained with.
        x = ops.relu6(self.stem((image * 127.5 + 0.5) / 128.0))
        found = []
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in self.chosen:
                found.append(x)
        return found

    def convolutions(self) -> Iterator[tuple[int | None, str, keras.layers.Layer]]:
        """Each convolution with its block's number (None: the stem) and its role."""
        yield None, "stem", self.stem
        for number, block in enumerate(self.blocks):
            for role in ("expand", "depthwise", "project"):
                layer = getattr(block, role)
                if layer is not None:
                    yield number, role, layer

    def get_config(self) -> dict:
        return {"name": self.name, "blocks": self.chosen}


@keras.saving.register_keras_serializable("ce_tf")
class _Block(keras.layers.Layer):
    """An inverted residual: widen, convolve each channel, narrow; add where it fits."""

    def __init__(
        self,
        inputs: int,
        filters: int,
        size: int,
        strides: int,
        expansion: int,
        **kwargs,
    ):
        super().__init__(dtype="float32", **kwargs)
        self.adds = strides == 1 and inputs == filters
        self.expand = None
        if expansion > 1:
            self.expand = _convolution(inputs * expansion, 1, name="expand")
        self.depthwise = keras.layers.DepthwiseConv2D(
            size,
            strides=strides,
            padding="same",
            depthwise_initializer="zeros",
            dtype="float32",
            name="depthwise",
        )
        self.project = _convolution(filters, 1, name="project")

    def call(self, inputs: KerasTensor) -> KerasTensor:
        x = inputs
        if self.expand is not None:
            x = ops.relu6(self.expand(x))
        x = self.project(ops.relu6(self.depthwise(x)))
        return x + inputs if self.adds else x


def _block_shapes(depth: float) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Number of each block, and the arguments that make it."""
    number, inputs = 0, _STEM
    for stage, (filters, size, strides, expansion, count) in enumerate(_STAGES):
        if 0 < stage < len(_STAGES) - 1:
            count = math.ceil(count * depth)
        for place in range(count):
            step = strides if place == 0 else 1
            yield number, (inputs, filters, size, step, expansion)
            number, inputs = number + 1, filters


def _convolution(filters: int, size: int, strides: int = 1, **kwargs):
    return keras.layers.Conv2D(
        filters,
        size,
        strides=strides,
        padding="same",
        kernel_initializer="zeros",  # no draw: what a seed gives to others stays
        dtype="float32",
        **kwargs,
    )
