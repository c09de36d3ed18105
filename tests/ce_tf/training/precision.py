"""Networks that compute in float64: an equality of two ways then holds anywhere.

In float32 it does not. Which sums a processor takes first decides the last bits; where
a value comes to lie within them of 0, a ReLU takes its other slope, and some gradient
changes by thousandths. In float64 that is a chance of one in a million.
"""

import keras

from ce_tf.models.normalization import BatchNormalization
from ce_tf.training import state


class Float64(keras.DTypePolicy):
    """Computes in float64; variables stay float32, as with the policies of 16 bits."""

    def __init__(self, name: str = "float64_over_float32"):
        super().__init__(name)

    def _parse_name(self, name: str) -> tuple[str, str]:
        return "float64", "float32"


def compute_in_float64(model: keras.Model) -> keras.Model:
    """Makes a network of `ce_tf.models` compute so; returns it.

    It takes and gives float32, as ever.
    """
    for layer in model._flatten_layers():
        layer.dtype_policy = Float64()
        if isinstance(layer, BatchNormalization):
            layer.training_call = None  # the fused op has no float64
    call = model.call
    model.call = lambda *args, **options: keras.ops.cast(
        call(*args, **options), "float32"
    )
    return model


def use_float64() -> None:
    """Has all networks that are trained in this process compute so."""
    state.fuse_normalization = compute_in_float64
