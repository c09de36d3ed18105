"""Perceptual distance: how different two pictures look in the hole."""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from ce_tf.perceptual.features import load_features

# The last of Lite1's 21 at 1/2, 1/4, 1/8, 1/16 and 1/32 of the side.
_TAPS = (0, 3, 6, 14, 20)

Sight = Callable[[tf.Tensor], list[tf.Tensor]]


def load_sight() -> Sight:
    """What measures look through: EfficientNet-Lite1, which no loss here does.

    Returns:
        From uint8 [B, H, W, 3], H and W any, to five float [B, h, w, C]: h and w are
        1/2, 1/4, 1/8, 1/16 and 1/32 of H and W.

    Raises:
        InputError: as `load_features`.
    """
    features = load_features("lite1", _TAPS)

    @tf.function(input_signature=[tf.TensorSpec([None, None, None, 3], tf.uint8)])
    def see(images: tf.Tensor) -> list[tf.Tensor]:
        return features(tf.cast(images, tf.float32) / 127.5 - 1.0)

    return see


class PerceptualDistance:
    """The distance, with the network that it looks through.

    Args:
        see: where it is loaded already.

    Raises:
        InputError: as `load_features`.
    """

    def __init__(self, see: Sight | None = None):
        see = see or load_sight()

        @tf.function(
            input_signature=[
                tf.TensorSpec([2, None, None, 3], tf.uint8),
                tf.TensorSpec([None, None], tf.float32),
            ]
        )
        def measure(pair: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
            return stage_distance(see(pair), mask)

        self._measure = measure

    def __call__(
        self, image: np.ndarray, completed: np.ndarray, mask: np.ndarray
    ) -> float:
        """Of one picture; 0 where both are equal.

        LPIPS without learned weights (Zhang et al. 2018, arXiv 1801.03924, equation 1
        with w = 1), of EfficientNet-Lite1, which no loss here looks through: at each
        place of five sizes the channels are scaled to unit length; squared differences
        are summed over channels, averaged over the hole and over the sizes.

        Args:
            image: uint8 [H, W, 3], the photo; any size.
            completed: uint8 [H, W, 3].
            mask: [H, W], any non-zero value is hole, and not empty.

        Returns:
            0 to 4.
        """
        pair = tf.constant(np.stack([image, completed]))
        return float(self._measure(pair, tf.constant(mask != 0, tf.float32)))


def stage_distance(seen: Sequence[tf.Tensor], mask: tf.Tensor) -> tf.Tensor:
    """The mean over stages of unit vectors' squared distance over the hole.

    Args:
        seen: float [2, h, w, C] a stage, of the photo and the completed picture.
        mask: float [H, W], 1 = hole; scaled to each stage by area.

    Returns:
        float [].
    """
    distances = []
    for stage in seen:
        length = tf.sqrt(tf.reduce_sum(tf.square(stage), -1, keepdims=True))
        unit = stage / (length + 1e-10)
        square = tf.reduce_sum(tf.square(unit[0] - unit[1]), -1)
        share = hole_share(mask, stage)
        distances.append(tf.reduce_sum(share * square) / tf.reduce_sum(share))
    return tf.reduce_mean(distances)


def hole_share(mask: tf.Tensor, stage: tf.Tensor) -> tf.Tensor:
    """How much of each place of float [B, h, w, C] is hole.

    Args:
        mask: float [H, W], 1 = hole.
        stage: whose places they are.

    Returns:
        float [h, w], 0 to 1.
    """
    size = tf.shape(stage)[1:3]
    share = tf.image.resize(mask[tf.newaxis, ..., tf.newaxis], size, "area")
    return share[0, ..., 0]
