"""The compact generator: small, free in size, for phones and for a first try."""

from typing import Any

import keras
from keras import KerasTensor, ops

from ce_tf.models.encoder import scaled
from ce_tf.models.generator import Generator
from ce_tf.models.pull_push import PullPush
from ce_tf.models.residual import NormalizedConv2D, ResidualBlock


@keras.saving.register_keras_serializable("ce_tf")
class Compact(Generator):
    """Predicts the difference to a smooth fill of the hole, in a small U-Net.

    The smooth fill (`PullPush`) reaches across any hole at once. The U-Net (Ronneberger
    et al. 2015, arXiv 1505.04597) goes down to 1/32 of the side by strided convolutions
    and up by interpolation; skips are added. Each size gives its own part of the
    difference, and the parts are summed (Karras et al. 2020, arXiv 1912.04958, figure
    7b), so that coarse colours are learned without waiting for fine layers. All parts
    start at 0: an untrained network gives the smooth fill.

    Call: `{"image": float [B, H, W, 3] in [-1, 1], "mask": float [B, H, W, 1], 1 =
    hole}` -> float [B, H, W, 3] in [-1, 1], in training not clipped; H and W any
    multiples of 32. What `image` holds in the hole is not looked at.

    Args:
        width: multiplies every number of filters.
        initializer: `default`, or `dcgan` for N(0, 0.02).
    """

    size = 128
    multiple = 32
    # Filters at 1/2, 1/4, 1/8, 1/16 and 1/32 of the side; residual blocks there, on the
    # way down and on the way up.
    widths = (16, 32, 64, 128, 192)
    down = (0, 0, 0, 1, 0)
    up = (0, 1, 1, 1, 2)
    # Filters of the last layer but one, and of the last.
    merged = 16
    drawn = 3

    def __init__(self, width: float = 1.0, initializer: str = "default", **kwargs: Any):
        # Pictures stay float32 whatever the precision of the features.
        super().__init__(autocast=False, **kwargs)
        self.width = width
        self.initializer = initializer
        self.smooth = self.make_smooth()
        self.larger = keras.layers.UpSampling2D(2, interpolation="bilinear")
        self.larger_picture = keras.layers.UpSampling2D(
            2, interpolation="bilinear", dtype="float32"
        )
        widths = [scaled(filters, width) for filters in self.widths]
        levels = range(1, len(widths) + 1)
        self.halvings = [
            self._convolution(filters, 4, strides=2, name=f"half{i}")
            for i, filters in zip(levels, widths, strict=True)
        ]
        self.narrowings = [
            self._convolution(filters, 1, activate=False, name=f"narrow{i}")
            for i, filters in zip(levels, widths[:-1], strict=False)
        ]
        self.down_blocks = self._blocks("down", widths, self.down)
        self.up_blocks = self._blocks("up", widths, self.up)
        self.heads = [self._head(3, 1, name=f"head{i}") for i in levels]
        self.merge = self._convolution(scaled(self.merged, width), 3, name="merge")
        self.output_head = self._head(self.drawn, 3, name="output")

    def call(
        self, inputs: dict[str, KerasTensor], training: bool = False
    ) -> KerasTensor:
        fill = self.smooth(inputs["image"], inputs["mask"])
        x = self.show(fill, inputs["mask"])  # (B, H, W, 4)
        skips = []
        for halving, blocks in zip(self.halvings, self.down_blocks, strict=True):
            x = halving(x, training=training)
            for block in blocks:
                x = block(x, training=training)
            skips.append(x)
        difference = None  # at the size of x, (B, h, w, 3)
        for i in reversed(range(len(skips))):
            if difference is not None:
                x = self.larger(self.narrowings[i](x, training=training))
                x = ops.relu(x + skips[i])
                difference = self.larger_picture(difference)
            for block in self.up_blocks[i]:
                x = block(x, training=training)
            x = self.reach(x, i + 1, inputs["mask"], training)
            part = self.heads[i](x)
            difference = part if difference is None else difference + part
        detail = self.draw(self.merge(x, training=training))
        fake = fill + self.larger_picture(difference) + detail
        return fake if training else ops.clip(fake, -1.0, 1.0)

    def show(self, fill: KerasTensor, mask: KerasTensor) -> KerasTensor:
        """What the U-Net sees: float [B, H, W, 3] and [B, H, W, 1] -> [B, H, W, C]."""
        return ops.concatenate([fill, mask], -1)

    def reach(
        self, x: KerasTensor, level: int, mask: KerasTensor, training: bool
    ) -> KerasTensor:
        """What else is done to x at 1 / 2 ** level of the side, on the way up."""
        return x

    def draw(self, x: KerasTensor) -> KerasTensor:
        """The finest part of the difference: float [B, H/2, W/2, C] -> [B, H, W, 3]."""
        return self.output_head(self.larger(x))

    def make_smooth(self) -> keras.layers.Layer:
        """What fills the hole first."""
        return PullPush(name="smooth", dtype="float32")

    def make_block(self, filters: int, name: str) -> keras.layers.Layer:
        """What works at one size."""
        return ResidualBlock(filters, self.initializer, name=name)

    def _blocks(
        self, name: str, widths: list[int], counts: tuple[int, ...]
    ) -> list[list[keras.layers.Layer]]:
        return [
            [
                self.make_block(filters, f"{name}{level}_{i}")
                for i in range(1, count + 1)
            ]
            for level, (filters, count) in enumerate(
                zip(widths, counts, strict=True), 1
            )
        ]

    def _convolution(self, filters: int, size: int, **kwargs: Any) -> NormalizedConv2D:
        return NormalizedConv2D(filters, size, initializer=self.initializer, **kwargs)

    def _head(self, filters: int, size: int, name: str) -> keras.layers.Conv2D:
        return keras.layers.Conv2D(
            filters,
            size,
            padding="same",
            kernel_initializer="zeros",
            dtype="float32",
            name=name,
        )

    def get_config(self) -> dict:
        config = super().get_config()
        config.update(width=self.width, initializer=self.initializer)
        return config
