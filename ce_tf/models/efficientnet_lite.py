"""EfficientNet-Lite: what it sees of a picture at several sizes."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
from keras import KerasTensor, ops

from ce_tf.models.inverted_residual import InvertedResidual, plain_convolution

# Filters, side of the kernel, strides and expansion of each stage.
_STAGES = (
    (16, 3, 1, 1),
    (24, 3, 2, 6),
    (40, 5, 2, 6),
    (80, 3, 2, 6),
    (112, 5, 1, 6),
    (192, 5, 2, 6),
    (320, 3, 1, 6),
)
# How many blocks they have: Lite1 is 1.1 times as deep, but for the ends.
_DEPTHS = {"lite0": (1, 2, 2, 3, 3, 4, 1), "lite1": (1, 3, 3, 4, 4, 5, 1)}
_STEM = 32


@keras.saving.register_keras_serializable("ce_tf")
class EfficientNetLite(keras.Model):
    """The blocks of EfficientNet-Lite0 or Lite1, up to the last that is asked for.

    Tan and Le 2019 (arXiv 1905.11946) without squeeze-and-excitation and with ReLU6, as
    TensorFlow released it. Batch normalisation is folded into the convolutions, which
    so have biases.

    Call: float [B, H, W, 3] in [-1, 1], H and W any -> list of float [B, h, w, C], the
    outputs of the blocks that were asked for.

    Args:
        variant: `lite0` (16 blocks) or `lite1` (21).
        taps: numbers of the blocks whose outputs are returned, rising.
    """

    def __init__(self, variant: str, taps: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        self.variant = variant
        self.taps = tuple(taps)
        self.stem = plain_convolution(_STEM, 3, strides=2, name="stem")
        shapes = list(_block_shapes(_DEPTHS[variant]))[: self.taps[-1] + 1]
        self.blocks = [
            InvertedResidual(*shape, name=f"block{number}")
            for number, shape in enumerate(shapes)
        ]

    def call(self, image: KerasTensor) -> list[KerasTensor]:
        # Bytes less 127, over 128: what it was trained with.
        x = ops.relu6(self.stem((image * 127.5 + 0.5) / 128.0))
        found = []
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in self.taps:
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
        config = super().get_config()
        config.update(variant=self.variant, taps=self.taps)
        return config


def _block_shapes(counts: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """What each block is made of, as `InvertedResidual` takes it."""
    inputs = _STEM
    for (filters, size, strides, expansion), count in zip(_STAGES, counts, strict=True):
        for place in range(count):
            yield inputs, filters, size, strides if place == 0 else 1, expansion
            inputs = filters
