"""A smooth fill of the hole without weights, by averaging down and interpolating up."""

import keras
from keras import KerasTensor, ops

_MOST_LEVELS = 15  # of a side of 32,768 pixels


@keras.saving.register_keras_serializable("ce_tf")
class PullPush(keras.layers.Layer):
    """Pull-push interpolation: Gortler et al. 1996, "The Lumigraph", section 3.6.

    Pull: a pixel of the next smaller picture is the mean of the known ones among its
    four; it is known if one of them is. Push: what is unknown is interpolated from the
    smaller picture. So each unknown pixel follows the known ones nearest to it, across
    a hole of any size, at the cost of a few small pictures.

    Call: image float [B, H, W, C], mask float [B, H, W, 1], 1 = unknown -> float
    [B, H, W, C], the image where the mask is 0; all 0 where nothing is known.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.pool = keras.layers.AveragePooling2D(
            2, padding="same", dtype=self.dtype_policy
        )
        self.larger = keras.layers.UpSampling2D(
            2, interpolation="bilinear", dtype=self.dtype_policy
        )

    def build(self, image_shape: tuple, mask_shape: tuple | None = None) -> None:
        self.built = True  # there are no weights

    def call(self, image: KerasTensor, mask: KerasTensor) -> KerasTensor:
        known = 1.0 - mask
        levels = [(image * known, known)]
        sides = image.shape[1:3]
        # Of sides known only when it runs: as many as any photo takes, for a single
        # pixel stays what it is.
        count = _MOST_LEVELS if None in sides else (max(sides) - 1).bit_length()
        for _ in range(count):
            levels.append(self._pull(*levels[-1]))
        filled = levels.pop()[0]
        for image, known in reversed(levels):
            larger = self.double(filled)
            if None in sides or larger.shape[1:3] != image.shape[1:3]:  # of an odd size
                height, width = ops.shape(image)[1:3]
                larger = larger[:, :height, :width]
            filled = image + (1.0 - known) * larger
        return filled

    def double(self, image: KerasTensor) -> KerasTensor:
        """Twice the size, bilinear: float [B, h, w, C] -> [B, 2 h, 2 w, C]."""
        return self.larger(image)

    def _pull(self, image, known):
        total, share = self.pool(image), self.pool(known)  # of four
        # `image` is 0 where unknown: total / share is the mean of the known. One of
        # four is the least share there is; a smaller bound is 0 in 8 bits.
        mean = total / ops.maximum(share, 0.25)
        return mean, ops.minimum(4.0 * share, 1.0)
