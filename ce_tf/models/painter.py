"""The generator that draws: `Compact`'s U-Net, and what reaches across the picture."""

from typing import Any

import keras
from keras import KerasTensor, ops

from ce_tf.models.attention import KnownAttention
from ce_tf.models.compact import Compact
from ce_tf.models.encoder import scaled
from ce_tf.models.fourier import FourierBlock
from ce_tf.models.noise import HoleNoise

_REACHING = 4  # at 1/16 of the side all places meet
_KEYS = 64


@keras.saving.register_keras_serializable("ce_tf")
class Painter(Compact):
    """Draws texture, and goes on with what repeats, in holes of any size.

    To `Compact` it adds at 1/16 of the side attention to what is known and two Fourier
    blocks, so that a place of the hole sees all of the picture; more blocks on the way
    up; noise in the hole, of which grain can be made; and the finest part of the
    difference drawn at half the side, four pixels a place (Shi et al. 2016, arXiv
    1609.05158), which costs a quarter of the same filters at full size. What it adds
    starts as nothing: with the weights of `Compact` alone it paints as that does, but
    for the finest part.

    Call and arguments: as `Compact`; the sides are static.
    """

    size = 256
    up = (0, 1, 2, 2, 2)
    merged = 24
    drawn = 12  # four pixels of three colours

    def __init__(self, width: float = 1.0, initializer: str = "default", **kwargs: Any):
        super().__init__(width, initializer, **kwargs)
        filters = scaled(self.widths[_REACHING - 1], width)
        self.noise = HoleNoise(name="noise")
        self.known = keras.layers.AveragePooling2D(2**_REACHING, name="known")
        self.attention = KnownAttention(
            filters, scaled(_KEYS, width), initializer, name="attention"
        )
        self.fourier_blocks = [
            FourierBlock(filters, initializer, name=f"fourier{i}") for i in (1, 2)
        ]

    def show(self, fill: KerasTensor, mask: KerasTensor) -> KerasTensor:
        return ops.concatenate([fill, mask, self.noise(mask)], -1)

    def reach(
        self, x: KerasTensor, level: int, mask: KerasTensor, training: bool
    ) -> KerasTensor:
        if level != _REACHING:
            return x
        x = ops.relu(self.attention(x, self.known(1.0 - mask), training=training))
        for block in self.fourier_blocks:
            x = block(x, training=training)
        return x

    def draw(self, x: KerasTensor) -> KerasTensor:
        return ops.depth_to_space(self.output_head(x), 2)
