"""An adversary that judges each part of a picture by itself."""

from typing import Any

import keras
from keras import KerasTensor, ops

from ce_tf.models.encoder import LEAK, kernel_initializer, scaled
from ce_tf.models.spectral import SpectralConv2D

_WIDTHS = (64, 128, 256, 512)
_STRIDES = (2, 2, 2, 1)


@keras.saving.register_keras_serializable("ce_tf")
class PatchDiscriminator(keras.Model):
    """The 70x70 PatchGAN of pix2pix (Isola et al. 2017, arXiv 1611.07004, 6.1.2).

    C64-C128-C256-C512 and one logit for each 70x70 part, with spectral normalisation in
    place of batch normalisation, so that each part is judged by its own pixels. It also
    sees which pixels are the hole's, of real pictures too: pix2pix's condition.

    Call: `{"image": float [B, H, W, 3] in [-1, 1], "mask": float [B, H, W, 1], 1 =
    hole}` -> float [B, H / 8, W / 8, 1], the logits of "a photo".

    Args:
        width: multiplies every number of filters.
        initializer: `default`, or `dcgan` for N(0, 0.02).
    """

    def __init__(self, width: float = 1.0, initializer: str = "default", **kwargs: Any):
        super().__init__(**kwargs)
        self.width = width
        self.initializer = initializer
        self.convolutions = [
            self._convolution(scaled(filters, width), strides, name=f"conv{i}")
            for i, (filters, strides) in enumerate(
                zip(_WIDTHS, _STRIDES, strict=True), 1
            )
        ]
        self.judge = self._convolution(1, 1, name="judge", dtype="float32")
        self.activation = keras.layers.LeakyReLU(LEAK, name="activation")

    def call(
        self, inputs: dict[str, KerasTensor], training: bool = False
    ) -> KerasTensor:
        x = ops.concatenate([inputs["image"], inputs["mask"]], -1)  # (B, H, W, 4)
        for convolution in self.convolutions:
            x = self.activation(convolution(x, training=training))
        return self.judge(x, training=training)  # (B, H / 8, W / 8, 1)

    def _convolution(self, filters: int, strides: int, **kwargs: Any) -> SpectralConv2D:
        return SpectralConv2D(
            filters,
            4,
            strides=strides,
            padding="same",
            kernel_initializer=kernel_initializer(self.initializer),
            **kwargs,
        )

    def get_config(self) -> dict:
        config = super().get_config()
        config.update(width=self.width, initializer=self.initializer)
        return config
