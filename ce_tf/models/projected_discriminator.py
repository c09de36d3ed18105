"""An adversary that looks through fixed features of a classifier."""

from typing import Any

import keras
from keras import KerasTensor, ops

from ce_tf.models.encoder import LEAK, kernel_initializer, scaled
from ce_tf.models.spectral import SpectralConv2D

# Channels that each level is mixed to, fine to coarse: about twice as many as Lite0's
# have, at most 64. A head at half the side is most of the cost.
_MIXED = (32, 48, 64, 64)


@keras.saving.register_keras_serializable("ce_tf")
class ProjectedDiscriminator(keras.Model):
    """A small head on each level of features of a network that is not trained.

    Projected GANs (Sauer et al. 2021, arXiv 2111.01007): the features' channels are
    mixed by a random projection that stays as it was drawn (section 3.2, "cross-channel
    mixing"), so that no few of them decide; the heads learn to tell photos from
    completed pictures there, and need little data and time. Each level is divided by
    its root mean square over the picture, so that all heads meet the same strength.
    The features come with the inputs: the network that makes them is no part of this.

    Call: `{"features": float [B, h, w, C] a level, fine to coarse}`, of which the
    first four are looked at -> four of float
    [B, h', w', 1], the logits of "a photo" at each level; of the two finer ones at half
    their side.

    Args:
        width: multiplies the number of mixed channels.
        initializer: `default`, or `dcgan` for N(0, 0.02); of the heads.
    """

    # Losses count what it says of the hole's places; the others are photos anyhow.
    judges_hole = True

    def __init__(self, width: float = 1.0, initializer: str = "default", **kwargs: Any):
        # The strength of the features is taken in float32.
        super().__init__(autocast=False, **kwargs)
        self.width = width
        self.initializer = initializer
        levels = [(i, scaled(mixed, width)) for i, mixed in enumerate(_MIXED, 1)]
        self.mixers = [
            keras.layers.Conv2D(
                filters,
                1,
                use_bias=False,
                kernel_initializer="lecun_normal",  # keeps the strength
                trainable=False,
                name=f"mix{i}",
            )
            for i, filters in levels
        ]
        self.heads = [
            self._convolution(filters, 4, strides=2, name=f"head{i}")
            if i <= len(levels) // 2  # coarser ones are judged place by place
            else self._convolution(filters, 3, name=f"head{i}")
            for i, filters in levels
        ]
        self.judges = [
            self._convolution(1, 3, name=f"judge{i}", dtype="float32")
            for i, _ in levels
        ]
        self.activation = keras.layers.LeakyReLU(LEAK, name="activation")

    def call(
        self, inputs: dict[str, list[KerasTensor]], training: bool = False
    ) -> list[KerasTensor]:
        logits = []
        for level, mix, head, judge in zip(
            inputs["features"][: len(_MIXED)],
            self.mixers,
            self.heads,
            self.judges,
            strict=True,
        ):
            square = ops.mean(ops.square(level), axis=(1, 2, 3), keepdims=True)
            x = mix(level * ops.rsqrt(square + 1e-6))
            x = self.activation(head(x, training=training))
            logits.append(judge(x, training=training))
        return logits

    def _convolution(self, filters: int, size: int, **kwargs: Any) -> SpectralConv2D:
        return SpectralConv2D(
            filters,
            size,
            padding="same",
            kernel_initializer=kernel_initializer(self.initializer),
            **kwargs,
        )

    def get_config(self) -> dict:
        config = super().get_config()
        config.update(width=self.width, initializer=self.initializer)
        return config
