"""A residual block that sees the whole map at once, through its frequencies."""

import math
from typing import Any

import keras
from keras import KerasTensor, ops

from ce_tf.models.residual import NormalizedConv2D


@keras.saving.register_keras_serializable("ce_tf")
class FourierBlock(keras.layers.Layer):
    """Fast Fourier convolution as LaMa has it, with real numbers alone.

    Two 3x3 convolutions, and the input added; between them half as many channels also
    pass through a 1x1 convolution of frequencies, which reaches everywhere (Chi et al.
    2020; Suvorov et al. 2021, arXiv 2109.07161, section 2.1). The transform is
    Hartley's (Bracewell 1983): real, its own inverse, and on the small maps that this
    is for a product with a constant matrix, which every delegate of phones computes. A
    frequency meets its negative one, as real and imaginary part meet in Fourier's.
    Starts as the identity.

    Call: float [B, h, w, filters], not negative -> the same; h and w are static.

    Args:
        filters: of the input and the output.
        initializer: `default`, or `dcgan` for N(0, 0.02).
    """

    def __init__(self, filters: int, initializer: str = "default", **kwargs: Any):
        super().__init__(**kwargs)
        self.filters = filters
        self.initializer = initializer
        half = max(1, filters // 2)
        self.conv1 = self._convolution(filters, 3, "conv1", activate=False)
        self.narrow = self._convolution(half, 1, "narrow")
        self.spectral = self._convolution(half, 1, "spectral")
        self.widen = self._convolution(filters, 1, "widen", activate=False)
        self.conv2 = self._convolution(
            filters, 3, "conv2", activate=False, gamma="zeros"
        )

    def build(self, input_shape: tuple) -> None:
        half = (*input_shape[:3], self.narrow.convolution.filters)
        for layer in (self.conv1, self.narrow, self.conv2):
            layer.build(input_shape)
        self.spectral.build((*input_shape[:3], 2 * half[3]))
        self.widen.build(half)
        super().build(input_shape)

    def call(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        local = self.conv1(inputs, training=training)
        x = self.narrow(inputs, training=training)
        frequencies = ops.concatenate(
            [_transform(x), _transform(x, negative=True)], axis=-1
        )
        x = x + _transform(self.spectral(frequencies, training=training))
        x = ops.relu(local + self.widen(x, training=training))
        return ops.relu(inputs + self.conv2(x, training=training))

    def _convolution(
        self, filters: int, size: int, name: str, **kwargs: Any
    ) -> NormalizedConv2D:
        return NormalizedConv2D(
            filters, size, initializer=self.initializer, name=name, **kwargs
        )

    def get_config(self) -> dict:
        config = super().get_config()
        config.update(filters=self.filters, initializer=self.initializer)
        return config


def _transform(x: KerasTensor, negative: bool = False) -> KerasTensor:
    """Hartley's transform of each row, then of each column: [B, h, w, C] -> the same.

    Args:
        x: what is transformed.
        negative: gives each frequency's place to its negative one.
    """
    height, width = x.shape[1:3]
    x = ops.transpose(x, (0, 1, 3, 2))  # (B, h, C, w)
    x = ops.matmul(x, ops.cast(_hartley(width, negative), x.dtype))
    x = ops.transpose(x, (0, 3, 2, 1))  # (B, w, C, h)
    x = ops.matmul(x, ops.cast(_hartley(height, negative), x.dtype))
    return ops.transpose(x, (0, 3, 1, 2))


def _hartley(count: int, negative: bool) -> KerasTensor:
    """The matrix of the transform of `count` numbers, orthonormal, [count, count]."""
    place = ops.arange(count)
    turns = ops.mod(ops.outer(place, -place if negative else place), count)
    angles = ops.cast(turns, "float32") * (2 * math.pi / count)
    return (ops.cos(angles) + ops.sin(angles)) * count**-0.5
