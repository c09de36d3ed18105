"""A normalised convolution, and a residual block of two."""

from typing import Any

import keras
from keras import KerasTensor, ops

from ce_tf.models.encoder import kernel_initializer
from ce_tf.models.normalization import batch_normalization


@keras.saving.register_keras_serializable("ce_tf")
class NormalizedConv2D(keras.layers.Layer):
    """A convolution, batch normalisation, ReLU: one op once it is converted.

    Call: float [B, h, w, C] -> float [B, h / strides, w / strides, filters].

    Args:
        filters: of the convolution.
        size: of its kernel.
        strides: of the convolution.
        activate: whether the ReLU follows.
        gamma: first scale of the normalisation, `ones` or `zeros`.
        initializer: `default`, or `dcgan` for N(0, 0.02).
    """

    def __init__(
        self,
        filters: int,
        size: int,
        strides: int = 1,
        activate: bool = True,
        gamma: str = "ones",
        initializer: str = "default",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.arguments = {
            "filters": filters,
            "size": size,
            "strides": strides,
            "activate": activate,
            "gamma": gamma,
            "initializer": initializer,
        }
        self.activate = activate
        self.convolution = keras.layers.Conv2D(
            filters,
            size,
            strides=strides,
            padding="same",
            use_bias=False,
            kernel_initializer=kernel_initializer(initializer),
            name="convolution",
        )
        self.norm = batch_normalization("norm", gamma)

    def build(self, input_shape: tuple) -> None:
        self.convolution.build(input_shape)
        self.norm.build(self.convolution.compute_output_shape(input_shape))
        super().build(input_shape)

    def call(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        x = self.norm(self.convolution(inputs), training=training)
        return ops.relu(x) if self.activate else x

    def get_config(self) -> dict:
        return super().get_config() | self.arguments


@keras.saving.register_keras_serializable("ce_tf")
class ResidualBlock(keras.layers.Layer):
    """Two 3x3 convolutions, and the input added: He et al. 2015, arXiv 1512.03385.

    Its second normalisation starts at 0, and so the block as the identity (Goyal et al.
    2017, arXiv 1706.02677, section 5.1).

    Call: float [B, h, w, filters], not negative -> the same.

    Args:
        filters: of both convolutions and of the input.
        initializer: `default`, or `dcgan` for N(0, 0.02).
    """

    def __init__(self, filters: int, initializer: str = "default", **kwargs: Any):
        super().__init__(**kwargs)
        self.filters = filters
        self.initializer = initializer
        self.conv1 = NormalizedConv2D(filters, 3, initializer=initializer, name="conv1")
        self.conv2 = NormalizedConv2D(
            filters,
            3,
            activate=False,
            gamma="zeros",
            initializer=initializer,
            name="conv2",
        )

    def build(self, input_shape: tuple) -> None:
        self.conv1.build(input_shape)
        self.conv2.build(input_shape)
        super().build(input_shape)

    def call(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        x = self.conv1(inputs, training=training)
        return ops.relu(inputs + self.conv2(x, training=training))

    def get_config(self) -> dict:
        config = super().get_config()
        config.update(filters=self.filters, initializer=self.initializer)
        return config
