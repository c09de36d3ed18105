"""How far a completed picture is from the photo, to a network that sees."""

from collections.abc import Sequence

from keras import KerasTensor, ops

from ce_tf.models.efficientnet_lite import EfficientNetLite
from ce_tf.perceptual.features import load_features

# Of Lite0's 16: the last ones at 1/2, 1/4, 1/8 and 1/16 of the side.
_TAPS = (0, 2, 4, 10)


def load_loss_features() -> EfficientNetLite:
    """What `perceptual_loss` compares; not what `PerceptualDistance` looks through.

    Raises:
        InputError: as `load_features`.
    """
    return load_features("lite0", _TAPS)


def perceptual_loss(
    real: Sequence[KerasTensor], completed: Sequence[KerasTensor]
) -> KerasTensor:
    """Mean over the blocks of the relative difference of their outputs.

    `mean |completed - real| / mean |real|`, over places and channels: perceptual loss
    (Johnson et al. 2016, arXiv 1603.08155), in LaMa what makes large holes
    (arXiv 2109.07161, section 2.2); of a classifier here, with absolute values, each
    block over its own strength in that photo. Over all of the picture: outside of what
    the hole touches both are equal, so a larger hole weighs more.

    Args:
        real: of the photos, float [B, h, w, C] a block.
        completed: of the completed pictures, likewise.

    Returns:
        float [B], not negative. No gradient goes into `real`.
    """
    total = 0.0
    for true, found in zip(real, completed, strict=True):
        true = ops.stop_gradient(true)
        strength = ops.mean(ops.abs(true), axis=(1, 2, 3))
        total += ops.mean(ops.abs(found - true), axis=(1, 2, 3)) / (strength + 1e-6)
    return total / len(real)
