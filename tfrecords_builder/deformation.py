"""A silhouette deformed as the paper says, at a random place of a picture."""

import cv2
import numpy as np

# Largest turn (radians), shear, and stretch of one side against the other (log).
_TURN, _SHEAR, _STRETCH = 0.6, 0.3, 0.25
# The smooth warp: displacements on a grid of so many points a side, standard deviation
# as a share of the silhouette's own size.
_WARP_POINTS, _WARP = 4, 0.06
# How much of its extent, a side, a silhouette may lose over the picture's border.
_HIDDEN = 0.5
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
    place = rng.random(2)
    warp = rng.normal(0, _WARP, (_WARP_POINTS, _WARP_POINTS, 2)).astype(np.float32)
    # Both maps keep areas, so the scale follows from the pixels.
    scale = np.sqrt(area * size * size / (np.count_nonzero(silhouette > 127) + 1))
    mask = _render(silhouette, scale * linear, place, warp, size)
    missing = area / max(mask.mean(), area / _GROWTH**2)
    if missing > 1.05:
        scale *= np.sqrt(missing)
        mask = _render(silhouette, scale * linear, place, warp, size)
    return mask


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
    warp: np.ndarray,
    size: int,
) -> np.ndarray:
    """The mask [size, size] of a silhouette under `matrix` (x, y order)."""
    height, width = silhouette.shape
    corners = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]) * [width / 2, height / 2]
    extent = 2 * np.abs(corners @ matrix.T).max(0)  # (x, y), pixels of the mask
    center = _center(place, extent, size)
    axis = np.arange(size, dtype=np.float32) + 0.5
    grid = np.stack(np.meshgrid(axis, axis), -1) - center  # (size, size, 2), x and y
    bend = cv2.resize(warp, (size, size), interpolation=cv2.INTER_CUBIC)
    grid = grid + bend * extent.mean()
    source = grid @ np.linalg.inv(matrix).T + [width / 2 - 0.5, height / 2 - 0.5]
    source = source.astype(np.float32)
    pixels = cv2.remap(silhouette, source[..., 0], source[..., 1], cv2.INTER_LINEAR)
    return (pixels > 127).astype(np.uint8)


def _center(place: np.ndarray, extent: np.ndarray, size: int) -> np.ndarray:
    """The centre (x, y) for `place` in [0, 1): even over all places that touch.

    Centres too far out are moved in until no more than _HIDDEN of the extent is lost.
    """
    center = place * (size + extent) - extent / 2
    slack = extent * (0.5 - _HIDDEN)
    return np.clip(center, slack, np.maximum(size - slack, slack))
