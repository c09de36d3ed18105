"""The five strided convolutions that generator and discriminator begin with."""

from typing import Any

import keras
from keras import KerasTensor

from ce_tf.models.normalization import batch_normalization

# Widths of the convolutions that halve 128 to 4 (context-encoder, train_random.lua).
WIDTHS = (64, 64, 128, 256, 512)
LEAK = 0.2


def scaled(filters: int, width: float) -> int:
    """`filters` times the width multiplier, at least 1."""
    return max(1, round(filters * width))


def kernel_initializer(name: str) -> keras.initializers.Initializer:
    """`default`: Keras's Glorot uniform; `dcgan`: N(0, 0.02) of arXiv 1511.06434."""
    if name == "dcgan":
        return keras.initializers.RandomNormal(stddev=0.02)
    return keras.initializers.GlorotUniform()


@keras.saving.register_keras_serializable("ce_tf")
class Encoder(keras.layers.Layer):
    """Five 4x4 convolutions of stride 2, LeakyReLU 0.2, normalised from the second on.

    Call: float [B, 128, 128, 3] -> float [B, 4, 4, 512 * width].

    Args:
        width: multiplies every number of filters.
        initializer: `default`, or `dcgan` for N(0, 0.02).
    """

    def __init__(self, width: float = 1.0, initializer: str = "default", **kwargs: Any):
        super().__init__(**kwargs)
        self.width = width
        self.initializer = initializer
        self.convolutions = [
            keras.layers.Conv2D(
                scaled(filters, width),
                4,
                strides=2,
                padding="same",  # at an even size: 1 pixel on each side
                use_bias=i == 1,
                kernel_initializer=kernel_initializer(initializer),
                name=f"conv{i}",
            )
            for i, filters in enumerate(WIDTHS, 1)
        ]
        self.normalizations = [
            batch_normalization(f"norm{i}") for i in range(2, len(WIDTHS) + 1)
        ]
        self.activation = keras.layers.LeakyReLU(LEAK, name="activation")

    def build(self, input_shape: tuple) -> None:
        shape = input_shape
        for convolution, normalization in self._pairs():
            convolution.build(shape)
            shape = convolution.compute_output_shape(shape)
            if normalization is not None:
                normalization.build(shape)
        super().build(input_shape)

    def call(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        x = inputs  # (B, 128, 128, 3)
        for convolution, normalization in self._pairs():
            x = convolution(x)
            if normalization is not None:
                x = normalization(x, training=training)
            x = self.activation(x)
        return x  # (B, 4, 4, 512)

    def _pairs(self):
        return zip(self.convolutions, [None, *self.normalizations], strict=True)

    def get_config(self) -> dict:
        config = super().get_config()
        config.update(width=self.width, initializer=self.initializer)
        return config
