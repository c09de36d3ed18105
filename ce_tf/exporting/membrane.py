"""`blending.match_rim` and `continue_rim` in a graph: how the fill meets the photo."""

import tensorflow as tf

from ce_tf.completion.composition import complete
from ce_tf.erasing.blending import rim_share, rim_weights
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


def continue_rim(image: tf.Tensor, hole: tf.Tensor, fill: tf.Tensor) -> tf.Tensor:
    """Lets the photo go on into the hole for a pixel or three.

    Args:
        image: float [H, W, 3] in [0, 255]; its known pixels go on.
        hole: float [H, W, 1] of 0 and 1.
        fill: float [H, W, 3] in [0, 255].

    Returns:
        float [H, W, 3] in [0, 255], whole numbers; what counts is inside the hole.
    """
    known = 1 - hole
    seen = tf.concat([image * known, known], -1)[tf.newaxis]
    kernel = tf.tile(rim_weights()[..., tf.newaxis, tf.newaxis], [1, 1, 4, 1])
    sums = tf.nn.depthwise_conv2d(seen, kernel, [1, 1, 1, 1], "SAME")[0]
    weight = sums[..., 3:]
    mean = tf.math.divide_no_nan(sums[..., :3], weight)
    mixed = complete(fill, rim_share(weight), mean)
    return tf.clip_by_value(tf.round(mixed), 0, 255)
