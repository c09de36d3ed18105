"""The adversary: is this picture a photo, or one whose hole was filled?"""

from typing import Any

import keras
from keras import KerasTensor, ops

from ce_tf.models.bottleneck import BottleneckConv2D
from ce_tf.models.encoder import Encoder, kernel_initializer


@keras.saving.register_keras_serializable("ce_tf")
class Discriminator(keras.Model):
    """The context encoder's encoder with one output in place of its bottleneck.

    Call: `{"image": float [B, 128, 128, 3] in [-1, 1], "mask": not looked at}` ->
    float [B, 1], the logit of "a photo".

    Args:
        width: multiplies every number of filters.
        initializer: `default`, or `dcgan` for N(0, 0.02).
    """

    size = 128

    def __init__(self, width: float = 1.0, initializer: str = "default", **kwargs: Any):
        super().__init__(**kwargs)
        self.width = width
        self.initializer = initializer
        self.encoder = Encoder(width, initializer, name="encoder")
        self.judge = BottleneckConv2D(
            1,
            4,
            kernel_initializer=kernel_initializer(initializer),
            dtype="float32",
            name="judge",
        )

    def call(
        self, inputs: dict[str, KerasTensor], training: bool = False
    ) -> KerasTensor:
        x = self.encoder(inputs["image"], training=training)  # (B, 4, 4, 512)
        return ops.reshape(self.judge(x), (-1, 1))  # (B, 1)

    def probability(
        self, inputs: dict[str, KerasTensor], training: bool = False
    ) -> KerasTensor:
        """The probability, float [B, 1] in [0, 1], that `inputs` are photos."""
        return ops.sigmoid(self(inputs, training=training))

    def get_config(self) -> dict:
        config = super().get_config()
        config.update(width=self.width, initializer=self.initializer)
        return config
