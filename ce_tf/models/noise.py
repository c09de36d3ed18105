"""Noise in the hole: something to draw texture from, the same at every call."""

import keras
from keras import KerasTensor, ops

_SIDE = 128


@keras.saving.register_keras_serializable("ce_tf")
class HoleNoise(keras.layers.Layer):
    """A sheet of uniform noise in [-1, 1], laid over the hole.

    A network that is given smooth numbers alone has nothing that differs from pixel to
    pixel to make grain of (Karras et al. 2019, arXiv 1812.04948, section 3.2). The
    sheet is drawn once and is a weight, so that a picture is filled alike at each call
    and in each runtime. It repeats every 128 pixels.

    Call: mask float [B, H, W, 1], 1 = hole -> float [B, H, W, 1], 0 where the mask is.
    """

    def build(self, mask_shape: tuple) -> None:
        self.noise = self.add_weight(
            shape=(_SIDE, _SIDE, 1),
            initializer=keras.initializers.RandomUniform(-1.0, 1.0),
            trainable=False,
            name="noise",
        )
        super().build(mask_shape)

    def call(self, mask: KerasTensor) -> KerasTensor:
        height, width = mask.shape[1:3]
        # Not tiled: delegates of phones join, and do not tile.
        rows = ops.concatenate([self.noise] * -(-height // _SIDE), axis=0)
        sheet = ops.concatenate([rows] * -(-width // _SIDE), axis=1)
        if sheet.shape[:2] != (height, width):
            sheet = sheet[:height, :width]
        return mask * ops.cast(sheet, mask.dtype)
