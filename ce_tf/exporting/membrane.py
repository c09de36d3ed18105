"""`blending.match_rim` in a graph: the fill is shifted to meet the photo at the rim."""

import tensorflow as tf

from ce_tf.models.pull_push import PullPush


class OpenPullPush(PullPush):
    """The layer for pictures whose size is open, which Keras's upsampling refuses."""

    def double(self, image: tf.Tensor) -> tf.Tensor:
        """As the layer's own, bilinear: [B, h, w, C] -> [B, 2 h, 2 w, C]."""
        return tf.image.resize(image, 2 * tf.shape(image)[1:3])


def match_rim(image: tf.Tensor, hole: tf.Tensor, fill: tf.Tensor) -> tf.Tensor:
    """Spreads the difference at the rim smoothly over the hole.

    Args:
        image: float [H, W, 3] in [0, 255]; its known pixels are what is met.
        hole: float [H, W, 1] of 0 and 1.
        fill: float [H, W, 3] in [0, 255]; what counts is inside the hole.

    Returns:
        float [H, W, 3] in [0, 255], whole numbers.
    """
    inside = hole[tf.newaxis]
    rim = tf.nn.max_pool2d(inside, 3, 1, "SAME") - inside
    total = tf.nn.avg_pool2d(fill * inside, 3, 1, "SAME")
    share = tf.nn.avg_pool2d(inside, 3, 1, "SAME")
    step = image - total / tf.maximum(share, 1e-6)
    correction = OpenPullPush()(step, 1 - rim)[0]
    return tf.clip_by_value(tf.round(fill + correction), 0, 255)
