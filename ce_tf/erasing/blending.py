"""How a fill joins its surroundings: grown hole, seam taken out, soft rim."""

import cv2
import numpy as np


def grow_hole(hole: np.ndarray, pixels: int) -> np.ndarray:
    """Dilates a hole, uint8 [H, W] of 0 and 1, by a disc; works round the hole alone.

    A drawn mask seldom covers the object's rim or its shadow.
    """
    left, top, width, height = cv2.boundingRect(hole)
    if not pixels or not width:
        return hole
    rows = slice(max(0, top - pixels), top + height + pixels)
    columns = slice(max(0, left - pixels), left + width + pixels)
    # A distance costs the same for any radius; a large kernel does not.
    distance = cv2.distanceTransform(1 - hole[rows, columns], cv2.DIST_L2, 5)
    grown = hole.copy()
    grown[rows, columns] = distance <= pixels
    return grown


def match_rim(
    image: np.ndarray, hole: np.ndarray, fill: np.ndarray, reach: float | None = None
) -> np.ndarray:
    """Takes the seam out: shifts the fill so that it meets the known pixels at the rim.

    The difference at the rim is spread smoothly over the hole, as the membrane of
    Poisson image editing does (Perez et al. 2003, eq. 4, with the fill as guide), by
    pull and push on a pyramid (Gortler et al. 1996, section 3.4).

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
    outer = cv2.dilate(inner, np.ones((3, 3), np.uint8)) - inner
    rim = outer[..., np.newaxis].astype(np.float32)
    # What the fill says of a pixel just outside: the mean of its neighbours inside.
    inside = inner[..., np.newaxis].astype(np.float32)
    total = cv2.blur(fill * inside, (3, 3))
    share = cv2.blur(inner.astype(np.float32), (3, 3))[..., np.newaxis]
    step = (image - total / np.maximum(share, 1e-6)) * rim
    correction = _pull_push(step.astype(np.float32), rim[..., 0])
    if reach is not None:
        depth = cv2.distanceTransform(inner, cv2.DIST_L2, 5)
        correction *= np.exp((1 - depth) / reach)[..., np.newaxis]
    shifted = np.round(fill + correction).clip(0, 255).astype(np.uint8)
    return np.where(hole[..., np.newaxis], shifted, image)


def feather_weights(hole: np.ndarray, pixels: float) -> np.ndarray:
    """How much of each pixel comes from the fill: float32 [H, W] in [0, 1].

    0 outside the hole, rising from its rim inward to 1 at `pixels` from it.
    """
    if not pixels:
        return hole.astype(np.float32)
    depth = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5)
    return np.minimum(depth / (pixels + 1), 1)


def _pull_push(total: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Spreads values [H, W, 3], given times their weight [H, W], to where none are."""
    if min(weight.shape) <= 2 or weight.min() > 0.99:
        mean = total.sum((0, 1)) / max(float(weight.sum()), 1e-6)
        known = total / np.maximum(weight, 1e-6)[..., np.newaxis]
        return np.where(weight[..., np.newaxis] > 0.5, known, mean)
    coarse_total, coarse = cv2.pyrDown(total), cv2.pyrDown(weight)
    # A coarse pixel that holds any of the rim is known.
    full = np.minimum(coarse * 4, 1)
    coarse_total *= (full / np.maximum(coarse, 1e-6))[..., np.newaxis]
    smooth = _pull_push(coarse_total, full)
    size = (weight.shape[1], weight.shape[0])
    above = cv2.pyrUp(smooth.astype(np.float32), dstsize=size)
    return total + (1 - weight[..., np.newaxis]) * above
