"""Texture at full resolution for a fill that comes from the network's small grid.

The fill says what is where; the photo itself has the texture. On a small grid patches
of the fill are matched with all known ones, by colours and `slopes`; then, scale by
scale, the hole is painted with the patches found, and their offsets are mended by what
lies beside them: the synthesis started from a network's fill of Yang et al. 2017 (arXiv
1611.09969), with the voting of Wexler et al. 2007 and the propagation of Barnes et al.
2009. At last the seam is taken out. `benchmarks/detail.py` compares this with copying
at one scale and with adding high frequencies alone (HiFill, Yi et al. 2020, arXiv
2005.09704).

What of it the fill gets is told in `mixing`. With little known around, the fill stays.
"""

import dataclasses
from collections.abc import Iterator

import cv2
import numpy as np

from ce_tf.erasing.blending import match_rim, widen_box
from ce_tf.erasing.texture.mixing import share_texture, weigh_brought
from ce_tf.erasing.texture.nearest_patches import find_offsets
from ce_tf.erasing.texture.patch_voting import PaintedLevel
from ce_tf.erasing.texture.propagation import propagate_offsets
from ce_tf.erasing.texture.slopes import find_strength, find_way, measure_slopes

# The hole's longer side on the coarsest grid, at most: fine enough to keep what the
# fill shows, coarse enough that a patch reaches across what the fill leaves blurred.
_GRID = 80
# Fill and photo are matched with what both have, the coarse: deviation in cells.
_BLUR = 1.0
_COARSE_SWEEPS = 4  # over halves of the chessboard, after matching
_SWEEPS = 2  # of each mending
# Patches of a scale above which it is only painted, so that time stays in bounds: those
# of a hole of 600 x 600 pixels.
_MOST = 100_000
# How far the seam's shift reaches inward, over the hole's longer side: the texture has
# true colours already, and a shift that reaches far lays a haze over it.
_REACH = 0.05
# Known share of the window up to which the network's fill is kept, and from which the
# texture has its whole weight: a hole that leaves less shows too little to copy from.
_NONE_KNOWN, _ENOUGH_KNOWN = 0.65, 0.75
# Texture comes from this near, at least; else from as near as the hole is long. For a
# speck the rest of the window is 20 times the work, and no better.
_NEAR = 32
# Parts of a hole with so many pixels between them at least get theirs one by one.
_APART = 17


@dataclasses.dataclass(frozen=True)
class _Level:
    """A window at one scale; each is half of the one before."""

    image: np.ndarray
    strength: np.ndarray  # of its slopes
    hole: np.ndarray
    known: np.ndarray


@dataclasses.dataclass(frozen=True)
class Painted:
    """A window whose hole is painted with pieces of what is known.

    Attributes:
        image: uint8 [h, w, 3].
        offsets: int32 [h, w, 2]: pixels from each of the hole, down and right, to its
            piece; 0 where nothing is copied.
        share: float32 [h, w]: how much of its finest texture a pixel got.
    """

    image: np.ndarray
    offsets: np.ndarray
    share: np.ndarray


def add_texture(
    image: np.ndarray,
    hole: np.ndarray,
    known: np.ndarray,
    amount: float,
    drawn: np.ndarray | None = None,
) -> Painted:
    """Gives the hole the texture of similar known places.

    Args:
        image: uint8 [h, w, 3], a window with its hole filled, softly.
        hole: bool [h, w], where texture is wanted.
        known: bool [h, w], where it may come from.
        amount: 0 to 1, how much of it.
        drawn: bool [h, w], what of the fill will be laid over it; None is nothing.

    Returns:
        The image changed in the hole alone, and not at all where too little is known to
        copy from.
    """
    whole = Painted(
        image.copy(), np.zeros((*hole.shape, 2), np.int32), np.zeros(hole.shape, "f4")
    )
    weight = amount * weigh_texture(known)
    drawn = np.zeros(hole.shape, bool) if drawn is None else drawn
    for place, part in _split(hole) if weight else ():
        painted = _paint_part(image[place], part, known[place], weight, drawn[place])
        if painted is None:
            continue
        whole.image[place][part] = painted.image[part]
        whole.offsets[place][part] = painted.offsets[part]
        whole.share[place][part] = painted.share[part]
    return whole


def _split(hole: np.ndarray) -> Iterator[tuple[tuple[slice, slice], np.ndarray]]:
    """Parts of a hole that lie apart, each with what lies near it.

    Yields:
        Where in the window, and the part there, bool [rows, columns].
    """
    grown = cv2.dilate(hole.astype(np.uint8), np.ones((_APART, _APART), np.uint8))
    count, labels = cv2.connectedComponents(grown, connectivity=8)
    labels[~hole] = 0
    for number in range(1, count):
        part = (labels == number).astype(np.uint8)
        box = cv2.boundingRect(part)
        place = widen_box(box, max(_NEAR, *box[2:]))
        yield place, part[place] > 0


def _paint_part(
    image: np.ndarray,
    hole: np.ndarray,
    known: np.ndarray,
    weight: float,
    drawn: np.ndarray,
) -> Painted | None:
    """As `add_texture`, of one part; None where nothing can be copied."""
    painted = paint_hole(image, hole, known)
    if painted is None:
        return None
    box = cv2.boundingRect(hole.astype(np.uint8))
    place = widen_box(box, 1)  # the hole and its rim
    fill, inner = image[place], hole[place]
    reach = max(1.0, _REACH * max(box[2:]))
    matched = match_rim(fill, inner, painted.image[place], reach)
    brought = matched - fill.astype(np.float32)  # 0 outside the hole
    got = share_texture(fill, brought, inner, drawn[place])
    mixed = np.round(fill + weight * weigh_brought(fill, brought, inner, got))
    result = image.copy()
    result[place] = mixed.clip(0, 255).astype(np.uint8)
    shares = np.zeros_like(painted.share)
    shares[place] = weight * got.fine
    return Painted(result, painted.offsets, shares)


def weigh_texture(known: np.ndarray) -> float:
    """How much texture a hole gets by what is known of its window: 0 to 1.

    A ramp over the known share from 0.65 to 0.75. Args as `add_texture`.
    """
    enough = (known.mean() - _NONE_KNOWN) / (_ENOUGH_KNOWN - _NONE_KNOWN)
    return float(np.clip(enough, 0, 1))


def paint_hole(
    image: np.ndarray, hole: np.ndarray, known: np.ndarray
) -> Painted | None:
    """The hole painted from coarse to fine, its rim not yet matched.

    Args as `add_texture`.

    Returns:
        With all of its texture; None where nothing can be copied.
    """
    levels, slopes = _make_levels(image, hole, known)
    coarse = levels[-1]
    cells = _widen(coarse.hole)
    smooth = cv2.GaussianBlur(coarse.image.astype(np.float32), (0, 0), _BLUR)
    seen = np.dstack((smooth, coarse.strength, find_way(*slopes)))
    offsets = find_offsets(seen, cells, coarse.known)
    if offsets is None:
        return None
    scale = _start(coarse, coarse.image, cells, 1)
    offsets = propagate_offsets(scale, offsets, _COARSE_SWEEPS)
    scale.paint(offsets)
    for _ in range(2):  # cheap here; finer, a second one brings nothing to be measured
        offsets = _mend(scale, offsets)
    # From here on a cell is 2 x 2 pixels, a pixel of the level before.
    for finer, level in zip(levels[-2::-1], levels[:0:-1], strict=True):
        if level is not coarse:  # whose cells were single pixels already
            offsets, cells = offsets.repeat(2, 0).repeat(2, 1), _widen(level.hole)
        offsets = 2 * offsets
        size = (finer.hole.shape[1], finer.hole.shape[0])
        guess = cv2.resize(scale.painted, size, interpolation=cv2.INTER_CUBIC)
        guess = np.where(finer.hole[..., np.newaxis], guess, finer.image)
        scale = _start(finer, guess, cells, 2)
        scale.paint(offsets)
        offsets = _mend(scale, offsets)
    if len(levels) > 1:
        offsets = offsets.repeat(2, 0).repeat(2, 1)
    height, width = hole.shape
    offsets = np.where(hole[..., np.newaxis], offsets[:height, :width], 0)
    return Painted(
        scale.painted[:height, :width],
        offsets.astype(np.int32),
        hole.astype(np.float32),
    )


def _start(
    level: _Level, image: np.ndarray, cells: np.ndarray, stride: int
) -> PaintedLevel:
    """A level to be painted, whose hole has what `image` has."""
    return PaintedLevel(image, level.strength, level.hole, level.known, cells, stride)


def _mend(scale: PaintedLevel, offsets: np.ndarray) -> np.ndarray:
    """Offsets propagated, and the scale painted with them."""
    if np.count_nonzero(scale.cells) > _MOST:
        return offsets
    offsets = propagate_offsets(scale, offsets, _SWEEPS)
    scale.paint(offsets)
    return offsets


def _widen(hole: np.ndarray) -> np.ndarray:
    """The hole and the cells round it: their patches continue the photo into it."""
    return cv2.dilate(hole.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def _make_levels(
    image: np.ndarray, hole: np.ndarray, known: np.ndarray
) -> tuple[list[_Level], list[np.ndarray]]:
    """The window, finest first, made whole so that every level is half of the last.

    Returns:
        Its levels, and the slopes of the coarsest, as `measure_slopes` gives them.
    """
    longer = max(cv2.boundingRect(hole.astype(np.uint8))[2:])
    halvings = max(0, int(np.ceil(np.log2(longer / _GRID))))
    height, width = hole.shape
    border = (0, -height % 2**halvings, 0, -width % 2**halvings)
    image = cv2.copyMakeBorder(image, *border, cv2.BORDER_REPLICATE)
    hole, known = (
        cv2.copyMakeBorder(mask.astype(np.uint8), *border, cv2.BORDER_CONSTANT) > 0
        for mask in (hole, known)
    )
    slopes = list(measure_slopes(image))
    levels = [_Level(image, find_strength(slopes[0], hole), hole, known)]
    for _ in range(halvings):
        size = (image.shape[1] // 2, image.shape[0] // 2)
        image, *slopes = (
            cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
            for pixels in (image, *slopes)
        )
        hole = np.asarray(_fours(hole).any((1, 3)))
        known = np.asarray(_fours(known).all((1, 3)))
        levels.append(_Level(image, find_strength(slopes[0], hole), hole, known))
    return levels, slopes


def _fours(mask: np.ndarray) -> np.ndarray:
    """[h, w] to [h / 2, 2, w / 2, 2]."""
    return mask.reshape(mask.shape[0] // 2, 2, mask.shape[1] // 2, 2)
