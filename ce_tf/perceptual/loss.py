"""How far a completed picture is from the photo, to a network that sees."""

from collections.abc import Sequence

from keras import KerasTensor, ops

from ce_tf.models.efficientnet_lite import EfficientNetLite
from ce_tf.perceptual.features import load_features

# Of Lite0's 16: the last ones at 1/2, 1/4, 1/8, 1/16 and 1/32 of the side.
_TAPS = (0, 2, 4, 10, 15)
# So that a place where nothing is seen has a direction.
_LEAST = 1e-4


def load_loss_features() -> EfficientNetLite:
    """What the losses compare; not what `PerceptualDistance` looks through.

    Raises:
        InputError: as `load_features`.
    """
    return load_features("lite0", _TAPS)


def perceptual_loss(
    real: Sequence[KerasTensor], completed: Sequence[KerasTensor], mask: KerasTensor
) -> KerasTensor:
    """The squared distance of what a classifier sees in the hole, in unit vectors.

    Perceptual loss (Johnson et al. 2016, arXiv 1603.08155) in the form of LPIPS without
    learned weights (Zhang et al. 2018, arXiv 1801.03924, equation 1): at each place the
    channels are scaled to unit length, so that faint texture counts as much as a strong
    edge; differences are squared, summed over channels, and averaged over the hole and
    over the blocks.

    Args:
        real: of the photos, float [B, h, w, C] a block.
        completed: of the completed pictures, likewise.
        mask: float [B, H, W, 1], 1 = hole, H and W multiples of each h and w.

    Returns:
        float [B], 0 to 4; 0 without a hole. No gradient goes into `real`.
    """
    total = 0.0
    for true, found in zip(real, completed, strict=True):
        difference = _unit(ops.stop_gradient(true)) - _unit(found)
        square = ops.sum(ops.square(difference), -1, keepdims=True)
        share = _hole_share(mask, true)
        total += ops.sum(share * square, (1, 2, 3)) / (ops.sum(share, (1, 2, 3)) + 1e-6)
    return total / len(real)


def style_loss(
    real: Sequence[KerasTensor], completed: Sequence[KerasTensor], mask: KerasTensor
) -> KerasTensor:
    """The relative difference of the channels' products, over all blocks but the last.

    `mean |G(completed) - G(real)| / mean |G(real)|`, where G, [C, C], is the mean over
    the hole's places of the products of any two channels (Gatys et al. 2016, equation
    3; in the hole as Liu et al. 2018, arXiv 1804.07723, equation 4): which edges and
    grain there are, not where. A blur misses it however well it lies.

    Args:
        real: of the photos, float [B, h, w, C] a block.
        completed: of the completed pictures, likewise.
        mask: float [B, H, W, 1], 1 = hole, H and W multiples of each h and w.

    Returns:
        float [B], not negative; 0 without a hole. No gradient goes into `real`.
    """
    total = 0.0
    # The last sees objects, not texture.
    real, completed = real[:-1], completed[:-1]
    for true, found in zip(real, completed, strict=True):
        share = _hole_share(mask, true)
        true = _channel_products(ops.stop_gradient(true), share)
        found = _channel_products(found, share)
        strength = ops.mean(ops.abs(true), axis=(1, 2))
        total += ops.mean(ops.abs(found - true), axis=(1, 2)) / (strength + 1e-6)
    return total / len(real)


def _unit(features: KerasTensor) -> KerasTensor:
    """Each place's channels at unit length, [B, h, w, C]."""
    square = ops.sum(ops.square(features), -1, keepdims=True)
    return features * ops.rsqrt(square + _LEAST)


def _hole_share(mask: KerasTensor, features: KerasTensor) -> KerasTensor:
    """How much of each place of [B, h, w, C] is hole: [B, H, W, 1] -> [B, h, w, 1]."""
    side = mask.shape[1] // features.shape[1]
    return ops.average_pool(mask, side, side)


def _channel_products(features: KerasTensor, share: KerasTensor) -> KerasTensor:
    """float [B, C, C], the mean over the hole: [B, h, w, C] by [B, h, w, 1]."""
    height, width, channels = features.shape[1:]
    flat = ops.reshape(features, (-1, height * width, channels))
    share = ops.reshape(share, (-1, height * width, 1))
    products = ops.matmul(ops.transpose(flat * share, (0, 2, 1)), flat)
    return products / (ops.sum(share, axis=1, keepdims=True) + 1e-6)
