"""The block of mobile networks: widen, convolve each channel by itself, narrow."""

from typing import Any

import keras
from keras import KerasTensor, ops


@keras.saving.register_keras_serializable("ce_tf")
class InvertedResidual(keras.layers.Layer):
    """Sandler et al. 2018 (MobileNetV2, arXiv 1801.04381, section 3.3), with biases.

    Its output is linear: where shape and channels stay, the input is added to it.

    Call: float [B, H, W, C] -> float [B, h, w, filters], h = ceil(H / strides).

    Args:
        inputs: channels C.
        filters: channels of what it gives.
        size: side of the kernel.
        strides: of the same.
        expansion: how many times as wide it is inside; 1 widens nothing.
    """

    def __init__(
        self,
        inputs: int,
        filters: int,
        size: int,
        strides: int = 1,
        expansion: int = 6,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.inputs, self.filters, self.size = inputs, filters, size
        self.strides, self.expansion = strides, expansion
        self.expand = None
        if expansion > 1:
            self.expand = plain_convolution(inputs * expansion, 1, name="expand")
        self.depthwise = keras.layers.DepthwiseConv2D(
            size,
            strides=strides,
            padding="same",
            depthwise_initializer="zeros",
            name="depthwise",
        )
        self.project = plain_convolution(filters, 1, name="project")

    def build(self, input_shape: tuple) -> None:
        wide = (*input_shape[:-1], self.inputs * self.expansion)
        if self.expand is not None:
            self.expand.build(input_shape)
        self.depthwise.build(wide)
        self.project.build(wide)
        super().build(input_shape)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        x = inputs
        if self.expand is not None:
            x = ops.relu6(self.expand(x))
        x = self.project(ops.relu6(self.depthwise(x)))
        same = self.strides == 1 and self.inputs == self.filters
        return x + inputs if same else x

    def get_config(self) -> dict:
        config = super().get_config()
        names = ("inputs", "filters", "size", "strides", "expansion")
        config.update({name: getattr(self, name) for name in names})
        return config


def plain_convolution(filters: int, size: int, **kwargs: Any) -> keras.layers.Conv2D:
    """A convolution whose weights come from elsewhere; so a seed is not drawn from."""
    return keras.layers.Conv2D(
        filters, size, padding="same", kernel_initializer="zeros", **kwargs
    )
