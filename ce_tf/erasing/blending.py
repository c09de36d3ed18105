"""How a fill joins its surroundings: grown hole, seam taken out, rim, soft rim."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from ce_tf.completion.composition import complete

# How far, in pixels, known ones are looked for beside a pixel of the hole.
_BESIDE = 3
# How much of a pixel at the rim what lies beside it decides at most, and the sum of
# weights of which half of that is left: a known pixel that touches it weighs 1.
_DECIDED, _HALF = 0.8, 0.15


def grow_hole(hole: np.ndarray, pixels: int) -> np.ndarray:
    """Dilates a hole, uint8 [H, W] of 0 and 1, by a disc; works round the hole alone.

    A drawn mask seldom covers the object's rim or its shadow.
    """
    box = cv2.boundingRect(hole)
    if not pixels or not box[2]:
        return hole
    place = widen_box(box, pixels)
    # A distance costs the same for any radius; a large kernel does not.
    distance = cv2.distanceTransform(1 - hole[place], cv2.DIST_L2, 5)
    grown = hole.copy()
    grown[place] = distance <= pixels
    return grown


def widen_box(box: Sequence[int], pixels: int) -> tuple[slice, slice]:
    """Rows and columns of a box and some pixels more on each side.

    Args:
        box: left, top, width and height, as `cv2.boundingRect` gives them.
        pixels: may reach beyond the picture; slices then end there.
    """
    left, top, width, height = box
    return (
        slice(max(0, top - pixels), top + height + pixels),
        slice(max(0, left - pixels), left + width + pixels),
    )


def match_rim(
    image: np.ndarray, hole: np.ndarray, fill: np.ndarray, reach: float | None = None
) -> np.ndarray:
    """Takes the seam out: shifts the fill so that it meets the known pixels at the rim.

    The difference at the rim is spread smoothly over the hole, as the membrane of
    Poisson image editing does (Perez et al. 2003, eq. 4, with the fill as guide), by
    pull and push on a pyramid (Gortler et al. 1996, section 3.6).

    Args:
        image: uint8 [H, W, 3]; its known pixels are what is met.
        hole: bool [H, W].
        fill: uint8 [H, W, 3]; what counts is inside the hole.
        reach: pixels from the rim inward over which the shift falls to 1 / e; None
            lets the membrane alone decide.

    Returns:
        uint8 [H, W, 3]; outside the hole the image itself.
    """
    inner = hole.astype(np.uint8)
    rim = cv2.dilate(inner, np.ones((3, 3), np.uint8)) - inner
    # What the fill says of a pixel just outside: the mean of its neighbours inside.
    inside = inner.astype(np.float32)[..., np.newaxis]
    total, share = (
        cv2.blur(pixels, (3, 3), borderType=cv2.BORDER_CONSTANT)
        for pixels in (fill * inside, inside)
    )
    step = image - total / np.maximum(share, 1e-6)[..., np.newaxis]
    correction = pull_push(step, rim > 0)
    if reach is not None:
        depth = cv2.distanceTransform(inner, cv2.DIST_L2, 5)
        correction *= np.exp((1 - depth) / reach)[..., np.newaxis]
    shifted = np.round(fill + correction).clip(0, 255).astype(np.uint8)
    return np.where(hole[..., np.newaxis], shifted, image)


def rim_weights() -> np.ndarray:
    """What a known pixel weighs by its distance d from the middle: d ** -6.

    Returns:
        float32 [7, 7]; 0 beyond 3.5 pixels, and in the middle.
    """
    rows, columns = np.mgrid[-_BESIDE : _BESIDE + 1, -_BESIDE : _BESIDE + 1]
    distance = np.hypot(rows, columns)
    near = (distance > 0) & (distance < _BESIDE + 0.5)
    return np.where(near, np.maximum(distance, 1) ** -6.0, 0).astype(np.float32)


def rim_share(weight: Any) -> Any:
    """How much of a pixel is decided by what lies beside it, of its weights' sum."""
    return _DECIDED * weight / (weight + _HALF)


def continue_rim(image: np.ndarray, hole: np.ndarray, fill: np.ndarray) -> np.ndarray:
    """Lets the photo go on into the hole for a pixel or three.

    Beside a known pixel its own colour is a better guess than any network's or
    texture's: the mean of the known ones, weighed by distance (Shepard 1968), takes
    part there. Most of a wire or a speck lies at its rim.

    Args:
        image: uint8 [H, W, 3]; its known pixels go on.
        hole: bool [H, W].
        fill: uint8 [H, W, 3]; what counts is inside the hole.

    Returns:
        uint8 [H, W, 3], as the fill where nothing known is near, and outside the hole.
    """
    place = widen_box(cv2.boundingRect(hole.astype(np.uint8)), _BESIDE)
    inner = hole[place]
    known = (~inner).astype(np.float32)[..., np.newaxis]
    total, weight = (
        cv2.filter2D(pixels, -1, rim_weights(), borderType=cv2.BORDER_CONSTANT)
        for pixels in (image[place] * known, known)
    )
    near = inner & (weight > 0)
    continued = fill.copy()
    weight = weight[near][:, np.newaxis]
    mixed = complete(fill[place][near], rim_share(weight), total[near] / weight)
    continued[place][near] = np.round(mixed).clip(0, 255).astype(np.uint8)
    return continued


def pull_push(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Spreads values smoothly to where none are known.

    As the layer `models.pull_push.PullPush`, with OpenCV: an installation that only
    erases has no Keras.

    Args:
        values: float32 [H, W, C], at least two channels.
        known: bool [H, W].

    Returns:
        float32 [H, W, C]: where nothing at all is known, 0.
    """
    height, width = known.shape
    known = known.astype(np.float32)[..., np.newaxis]
    values = values * known
    if max(height, width) == 1:
        return values
    # Pull: the mean of the known among four.
    down, right = height % 2, width % 2
    half = ((width + right) // 2, (height + down) // 2)
    total, share = (
        cv2.resize(
            cv2.copyMakeBorder(pixels, 0, down, 0, right, cv2.BORDER_CONSTANT),
            half,
            interpolation=cv2.INTER_AREA,
        ).reshape(half[1], half[0], -1)
        for pixels in (values, known)
    )
    coarse = pull_push(total / np.maximum(share, 0.25), share[..., 0] > 0)
    # Push: the others from the smaller picture.
    size = (2 * half[0], 2 * half[1])
    larger = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
    return complete(larger[:height, :width], known, values)


def feather_weights(hole: np.ndarray, pixels: float) -> np.ndarray:
    """How much of each pixel comes from the fill: float32 [H, W] in [0, 1].

    0 outside the hole, rising from its rim inward to 1 at `pixels` from it.
    """
    if not pixels:
        return hole.astype(np.float32)
    depth = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5)
    return np.minimum(depth / (pixels + 1), 1)
