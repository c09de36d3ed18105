"""`pasting.match_rim` inside a graph: the fill is shifted to meet the photo at the rim.

The same pyramid as OpenCV's, written with gathers, for OpenCV does not run in a graph.
"""

import tensorflow as tf

_GAUSS = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)


def match_rim(image: tf.Tensor, hole: tf.Tensor, fill: tf.Tensor) -> tf.Tensor:
    """Spreads the difference at the rim smoothly over the hole.

    Args:
        image: float [H, W, 3] in [0, 255]; its known pixels are what is met.
        hole: float [H, W, 1] of 0 and 1.
        fill: float [H, W, 3] in [0, 255]; what counts is inside the hole.

    Returns:
        float [H, W, 3] in [0, 255], whole numbers.
    """
    rim = _over_3x3(hole, _nearest, _largest) - hole
    total = _over_3x3(fill * hole, _mirror, _mean)
    share = _over_3x3(hole, _mirror, _mean)
    step = (image - total / tf.maximum(share, 1e-6)) * rim
    correction = _pull_push(tf.concat([step, rim], -1))
    return tf.clip_by_value(tf.round(fill + correction), 0, 255)


def _pull_push(finest: tf.Tensor) -> tf.Tensor:
    """Spreads values to where none are; as `pasting._pull_push`.

    Args:
        finest: float [H, W, 4], values times their weight, and the weight.

    Returns:
        float [H, W, 3].
    """
    spec = tf.TensorSpec([None, None, 4])
    levels = tf.TensorArray(
        tf.float32, 0, dynamic_size=True, infer_shape=False, element_shape=spec.shape
    )
    count, coarse = tf.constant(0), finest

    def goes_on(_count: tf.Tensor, level: tf.Tensor, _levels) -> tf.Tensor:
        large = tf.reduce_min(tf.shape(level)[:2]) > 2
        return large & (tf.reduce_min(level[..., 3]) <= 0.99)

    def pull(count: tf.Tensor, level: tf.Tensor, levels):
        levels = levels.write(count, level)
        below = _halve(_halve(level, 0), 1)
        weight = below[..., 3:]
        # A coarse pixel that holds any of the rim is known.
        full = tf.minimum(weight * 4, 1)
        total = below[..., :3] * full / tf.maximum(weight, 1e-6)
        return count + 1, tf.concat([total, full], -1), levels

    count, coarse, levels = tf.while_loop(
        goes_on,
        pull,
        (count, coarse, levels),
        shape_invariants=(count.shape, spec.shape, None),
    )
    total, weight = coarse[..., :3], coarse[..., 3:]
    mean = tf.reduce_sum(total, (0, 1)) / tf.maximum(tf.reduce_sum(weight), 1e-6)
    smooth = tf.where(weight > 0.5, total / tf.maximum(weight, 1e-6), mean)

    def push(count: tf.Tensor, smooth: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        level = levels.read(count - 1)
        height, width = tf.unstack(tf.shape(level)[:2])
        above = _double(_double(smooth, 0, height), 1, width)
        return count - 1, level[..., :3] + (1 - level[..., 3:]) * above

    return tf.while_loop(
        lambda count, _: count > 0,
        push,
        (count, smooth),
        shape_invariants=(count.shape, tf.TensorShape([None, None, 3])),
    )[1]


def _over_3x3(pixels: tf.Tensor, border, combine) -> tf.Tensor:
    for axis in (0, 1):
        count = tf.shape(pixels)[axis]
        places = [border(tf.range(count) + step, count) for step in (-1, 0, 1)]
        pixels = combine([tf.gather(pixels, place, axis=axis) for place in places])
    return pixels


def _largest(parts: list[tf.Tensor]) -> tf.Tensor:
    return tf.maximum(tf.maximum(parts[0], parts[1]), parts[2])


def _mean(parts: list[tf.Tensor]) -> tf.Tensor:
    return tf.add_n(parts) / 3


def _halve(pixels: tf.Tensor, axis: int) -> tf.Tensor:
    """Every second row or column of the smoothed picture: OpenCV's pyrDown."""
    count = tf.shape(pixels)[axis]
    center = 2 * tf.range((count + 1) // 2)
    return tf.add_n(
        [
            weight * tf.gather(pixels, _mirror(center + step, count), axis=axis)
            for step, weight in enumerate(_GAUSS, -2)
        ]
    )


def _double(pixels: tf.Tensor, axis: int, length: tf.Tensor) -> tf.Tensor:
    """Rows or columns between the rows, to `length` of them: OpenCV's pyrUp."""
    count = tf.shape(pixels)[axis]
    place = tf.range(count)
    # OpenCV mirrors before the first and repeats the last.
    before = tf.gather(pixels, _mirror(place - 1, count), axis=axis)
    after = tf.gather(pixels, _nearest(place + 1, count), axis=axis)
    even, odd = (before + 6 * pixels + after) / 8, (pixels + after) / 2
    both = tf.stack([even, odd], axis + 1)
    shape = tf.shape(pixels)
    shape = tf.tensor_scatter_nd_update(shape, [[axis]], [2 * count])
    return tf.gather(tf.reshape(both, shape), tf.range(length), axis=axis)


def _nearest(index: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
    return tf.clip_by_value(index, 0, count - 1)


def _mirror(index: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
    """Indices up to 2 beyond a side, mirrored about its last pixel."""
    last = count - 1
    return _nearest(tf.abs(last - tf.abs(last - tf.abs(index))), count)
