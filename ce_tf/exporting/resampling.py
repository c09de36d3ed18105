"""Scaling inside a graph, with the numbers of OpenCV, which the eraser scales with.

A scaled picture is `rows @ picture @ columns`: two matrix products, on any device, for
any size that is known only when the graph runs. TensorFlow's own resizing ops have
other coefficients, and their area and antialiased forms run on the CPU alone.
"""

import tensorflow as tf

# OpenCV's sharpness of INTER_CUBIC.
_CUBIC = -0.75


def resample(pixels: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Scales a square.

    Args:
        pixels: float [s, s, C].
        weights: float [t, s], how much of each source row makes a target row.

    Returns:
        float [t, t, C].
    """
    rows = tf.einsum("ti,ijc->tjc", weights, pixels)
    return tf.einsum("uj,tjc->tuc", weights, rows)


def shrink_weights(source: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """What the network is shown: averages, or linear where `target` is larger."""
    return tf.cond(
        target < source,
        lambda: area_weights(source, target),
        lambda: linear_weights(source, target),
    )


def enlarge_weights(source: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """How a fill is scaled back: cubic, or averages where `target` is smaller."""
    return tf.cond(
        target < source,
        lambda: area_weights(source, target),
        lambda: cubic_weights(source, target),
    )


def area_weights(source: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """The mean of what a target pixel covers; float [target, source]."""
    scale = _ratio(source, target)
    first = _range(target)[:, tf.newaxis] * scale
    pixel = _range(source)[tf.newaxis]
    covered = tf.minimum(first + scale, pixel + 1) - tf.maximum(first, pixel)
    return tf.maximum(covered, 0) / scale


def linear_weights(source: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Between the two nearest pixels; float [target, source]."""
    index, part = _positions(source, target)
    return _spread(index, [1 - part, part], 0, source)


def cubic_weights(source: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Keys' cubic convolution of the four nearest pixels; float [target, source]."""
    index, x = _positions(source, target)
    taps = [_cubic_outer(x + 1), _cubic_inner(x), _cubic_inner(1 - x)]
    return _spread(index, [*taps, 1 - sum(taps)], -1, source)


def _positions(source: tf.Tensor, target: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Where target pixels lie in the source: the pixel before, and how far past it."""
    place = (_range(target) + 0.5) * _ratio(source, target) - 0.5
    index = tf.floor(place)
    return tf.cast(index, tf.int32), place - index


def _spread(
    index: tf.Tensor, taps: list[tf.Tensor], first: int, source: tf.Tensor
) -> tf.Tensor:
    """Puts taps from `index + first` on into rows; beyond the rim the rim's pixel."""
    return tf.add_n(
        [
            tf.one_hot(tf.clip_by_value(index + first + i, 0, source - 1), source)
            * tap[:, tf.newaxis]
            for i, tap in enumerate(taps)
        ]
    )


def _cubic_inner(x: tf.Tensor) -> tf.Tensor:
    return ((_CUBIC + 2) * x - (_CUBIC + 3)) * x * x + 1


def _cubic_outer(x: tf.Tensor) -> tf.Tensor:
    return ((x - 5) * x + 8) * x * _CUBIC - 4 * _CUBIC


def _ratio(source: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    return tf.cast(source, tf.float32) / tf.cast(target, tf.float32)


def _range(count: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.range(count), tf.float32)
