"""A smooth fill of the hole without weights, by averaging down and interpolating up."""

import keras
from keras import KerasTensor, ops


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

    def call(self, image: KerasTensor, mask: KerasTensor) -> KerasTensor:
        known = 1.0 - mask
        levels = [(image * known, known)]
        while max(levels[-1][0].shape[1:3]) > 1:
            levels.append(self._pull(*levels[-1]))
        filled = levels.pop()[0]
        for image, known in reversed(levels):
            larger = self.larger(filled)
            if larger.shape[1:3] != image.shape[1:3]:  # of an odd size
                larger = larger[:, : image.shape[1], : image.shape[2]]
            filled = image + (1.0 - known) * larger
        return filled

    def _pull(self, image, known):
        total, share = self.pool(image), self.pool(known)  # of four
        # `image` is 0 where unknown: total / share is the mean of the known. One of
        # four is the least share there is; a smaller bound is 0 in 8 bits.
        mean = total / ops.maximum(share, 0.25)
        return mean, ops.minimum(4.0 * share, 1.0)
