"""The context encoder of Pathak et al. 2016 (arXiv 1604.07379), arbitrary region."""

from typing import Any

import keras
from keras import KerasTensor

from ce_tf.models.bottleneck import BottleneckConv2D, BottleneckConv2DTranspose
from ce_tf.models.encoder import (
    LEAK,
    WIDTHS,
    Encoder,
    kernel_initializer,
    scaled,
)
from ce_tf.models.generator import Generator
from ce_tf.models.normalization import batch_normalization

_BOTTLENECK = 4000


@keras.saving.register_keras_serializable("ce_tf")
class ContextEncoder(Generator):
    """Predicts a whole picture from one with a filled hole, through 4000 numbers.

    An encoder of five strided convolutions, a 4x4 convolution to a 4000x1x1 bottleneck,
    and the mirror in transposed convolutions. It sees the hole only by its fill.

    Call: `{"image": float [B, 128, 128, 3] in [-1, 1], hole filled, "mask": float
    [B, 128, 128, 1], 1 = hole}` -> float [B, 128, 128, 3] in [-1, 1].

    Args:
        width: multiplies every number of filters; 1 is the paper's network of 71 M
            parameters.
        initializer: `default`, or `dcgan` for N(0, 0.02).
    """

    size = 128
    multiple = None

    def __init__(self, width: float = 1.0, initializer: str = "default", **kwargs: Any):
        super().__init__(**kwargs)
        self.width = width
        self.initializer = initializer
        common = {
            "use_bias": False,
            "kernel_initializer": kernel_initializer(initializer),
        }
        self.encoder = Encoder(width, initializer, name="encoder")
        self.bottleneck = BottleneckConv2D(
            scaled(_BOTTLENECK, width), 4, name="bottleneck", **common
        )
        self.bottleneck_norm = batch_normalization("bottleneck_norm")
        self.bottleneck_activation = keras.layers.LeakyReLU(LEAK)
        first, *rest = [scaled(filters, width) for filters in reversed(WIDTHS)]
        self.deconvolutions = [
            BottleneckConv2DTranspose(first, 4, name="deconv1", **common)
        ]
        for i, filters in enumerate(rest, 2):
            self.deconvolutions.append(
                keras.layers.Conv2DTranspose(
                    filters, 4, strides=2, padding="same", name=f"deconv{i}", **common
                )
            )
        self.deconvolution_norms = [
            batch_normalization(f"deconv_norm{i}")
            for i in range(1, len(self.deconvolutions) + 1)
        ]
        self.output_deconvolution = keras.layers.Conv2DTranspose(
            3,
            4,
            strides=2,
            padding="same",
            activation="tanh",
            kernel_initializer=kernel_initializer(initializer),
            dtype="float32",
            name="output",
        )

    def call(
        self, inputs: dict[str, KerasTensor], training: bool = False
    ) -> KerasTensor:
        x = self.encoder(inputs["image"], training=training)  # (B, 4, 4, 512)
        x = self.bottleneck(x)  # (B, 1, 1, 4000)
        x = self.bottleneck_norm(x, training=training)
        x = self.bottleneck_activation(x)
        for deconvolution, norm in zip(
            self.deconvolutions, self.deconvolution_norms, strict=True
        ):
            x = deconvolution(x)
            x = keras.ops.relu(norm(x, training=training))
        # (B, 64, 64, 64)
        return self.output_deconvolution(x)  # (B, 128, 128, 3)

    def get_config(self) -> dict:
        config = super().get_config()
        config.update(width=self.width, initializer=self.initializer)
        return config
