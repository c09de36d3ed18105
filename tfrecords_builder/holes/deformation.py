"""A silhouette deformed as the paper says, at a random place of a picture."""

import cv2
import numpy as np

# Largest turn (radians), shear, and stretch of one side against the other (log).
_TURN, _SHEAR, _STRETCH = 0.6, 0.3, 0.25
# The smooth warp: displacements on a grid of so many points a side, standard deviation
# as a share of the silhouette's own size.
_WARP_POINTS, _WARP = 4, 0.06
# Least and largest share of its extent, a side, that a silhouette may lose over the
# picture's border, and how much likelier such places are than chance makes them. From
# trials: so each part of the picture is about as likely to be filled as any other
# (tests/tfrecords_builder/test_holes.py), and most objects stay recognisable.
_HIDDEN, _OUTER = (0.1, 0.6), 1.4
# How much one that lost some may grow to make up for it.
_GROWTH = 1.5


def paste_silhouette(
    rng: np.random.Generator, silhouette: np.ndarray, size: int, area: float
) -> np.ndarray:
    """Deforms a silhouette and pastes it at a random place.

    Scale, turn, shear, flip and a smooth random warp. It may stand partly outside: a
    silhouette cut by the border is what makes the border as likely as the middle.

    Args:
        rng: where the randomness comes from.
        silhouette: uint8 [height, width], 255 = object, cut to its bounding box.
        size: side of the square mask, pixels.
        area: the share of the picture to cover; what is covered comes near it.

    Returns:
        uint8 [size, size], 1 = hole; may miss the picture.
    """
    linear = _linear(rng)
    place, hidden = rng.random(2), rng.uniform(*_HIDDEN, 2)
    warp = rng.normal(0, _WARP, (_WARP_POINTS, _WARP_POINTS, 2)).astype(np.float32)
    # Both maps keep areas, so the scale follows from the pixels.
    scale = np.sqrt(area * size * size / (np.count_nonzero(silhouette > 127) + 1))
    mask = _render(silhouette, scale * linear, place, hidden, warp, size)
    covered = np.count_nonzero(mask) / mask.size
    # The border and the warp change the area; a second try comes near it.
    scale *= min(np.sqrt(area / max(covered, 1e-6)), _GROWTH)
    return _render(silhouette, scale * linear, place, hidden, warp, size)


def _linear(rng: np.random.Generator) -> np.ndarray:
    """A random 2 x 2 matrix of determinant 1 or -1: flip, stretch, shear, turn."""
    turn = rng.uniform(-_TURN, _TURN)
    stretch = np.exp(rng.uniform(-_STRETCH, _STRETCH))
    flip = rng.choice([-1.0, 1.0])
    rotation = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    shear = [[1, rng.uniform(-_SHEAR, _SHEAR)], [0, 1]]
    return np.array(rotation) @ shear @ np.diag([flip * stretch, 1 / stretch])


def _render(
    silhouette: np.ndarray,
    matrix: np.ndarray,
    place: np.ndarray,
    hidden: np.ndarray,
    warp: np.ndarray,
    size: int,
) -> np.ndarray:
    """The mask [size, size] of a silhouette under `matrix` (x, y order)."""
    height, width = silhouette.shape
    corners = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]) * [width / 2, height / 2]
    extent = 2 * np.abs(corners @ matrix.T).max(0)  # (x, y), pixels of the mask
    center = _center(place, hidden, extent, size)
    warp = warp * np.float32(extent.mean())
    warp = cv2.resize(warp, (size, size), interpolation=cv2.INTER_CUBIC)
    axis = np.arange(size, dtype=np.float32) + np.float32(0.5)
    x = warp[..., 0] + (axis - np.float32(center[0]))  # (size, size)
    y = warp[..., 1] + (axis - np.float32(center[1]))[:, None]
    (a, b), (c, d) = np.linalg.inv(matrix).astype(np.float32)
    across = a * x + b * y + np.float32(width / 2 - 0.5)
    down = c * x + d * y + np.float32(height / 2 - 0.5)
    pixels = cv2.remap(silhouette, across, down, cv2.INTER_LINEAR)
    return cv2.threshold(pixels, 127, 1, cv2.THRESH_BINARY)[1]


def _center(
    place: np.ndarray, hidden: np.ndarray, extent: np.ndarray, size: int
) -> np.ndarray:
    """The centre (x, y) for `place` in [0, 1).

    Were it even over the picture alone, borders would be filled half as often as the
    middle. So it is even over more than all places that touch the picture, and then
    moved in until no more than `hidden` of the extent is lost.
    """
    slack = extent * (0.5 - hidden)
    outer = _OUTER * (slack + extent / 2)
    least, most = slack, np.maximum(size - slack, slack)
    center = least - outer + place * (most - least + 2 * outer)
    return np.clip(center, least, most)
