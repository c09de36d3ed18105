"""What the eraser decides, in whole numbers, so that every engine decides the same.

`decisions.json` holds the constants, and cases with their results that each engine
reproduces: this one in NumPy, `exporting/` in a graph. Whole numbers, because a
float on the edge of a threshold falls to either side, by the processor.

Functions take Python's numbers, NumPy arrays or tensors; `least` and `most` are the
minimum and maximum of two such.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

SPECIFICATION = json.loads(Path(__file__).with_name("decisions.json").read_bytes())
# Side of the window over the hole's longer side.
CONTEXT: int = SPECIFICATION["context"]
# Sides of the closer looks over the region's longer side, the closest last.
_CLOSER: list[list[int]] = SPECIFICATION["closer"]
# Longer side of a region, over the network's side, from which it is looked at again.
_SPECK: list[int] = SPECIFICATION["speck"]
# Side of a cell, the least that a hole is cut into, over the network's side.
_CELL: list[int] = SPECIFICATION["cell"]
# Square of a box's longer side over the hole's pixels in it above which it is cut.
_SPARSE: int = SPECIFICATION["sparse"]
# How much longer a box may become by taking in a neighbour: so much resolution is
# given for one window instead of two.
_GROWTH: list[int] = SPECIFICATION["growth"]
# Least share of its side that a window keeps where a larger size is at hand.
_SHRUNK: list[int] = SPECIFICATION["shrunk"]
# Side of the largest window that is worked on as it is. Its hole has 600 pixels, which
# the texture takes two seconds for.
LARGEST: int = SPECIFICATION["largest"]


def find_cell(size: int) -> int:
    """Side of a cell, pixels, for a network of that side."""
    part, whole = _CELL
    return max(1, part * size // whole)


def is_sparse(longer: Any, pixels: Any) -> Any:
    """Whether a box has so little hole, for its longer side, that it is cut."""
    return longer**2 > _SPARSE * pixels


def fits_joint(joint: Any, longer: Any, free: int) -> Any:
    """Whether two boxes share a window.

    Args:
        joint: longer side of the box round both.
        longer: of the longer one.
        free: side up to which a box costs no resolution.
    """
    part, whole = _GROWTH
    return (whole * joint <= part * longer) | (joint <= free)


def place_window(
    box: tuple[Any, Any, Any, Any],
    pixels: Any,
    height: Any,
    width: Any,
    size: int,
    least: Callable = min,
    most: Callable = max,
) -> tuple[Any, Any, Any]:
    """A square round a box: centred on it, inside the photo where that is possible.

    Args:
        box: left, top, width and height of the hole, in pixels.
        pixels: of hole in the whole photo.
        height: of the photo.
        width: of the photo.
        size: side that the network takes; smaller holes are not magnified beyond it.
        least: minimum of two numbers.
        most: maximum of two numbers.

    Returns:
        top and left, negative where it reaches beyond the photo, and its side.
    """

    def place(twice_center: Any, length: Any) -> Any:
        first = most((twice_center - side) // 2, 0)
        return least(first, most(length - side, 0)) - most(side - length, 0) // 2

    left, top, box_width, box_height = box
    longer = most(box_width, box_height)
    wanted, shorter = most(size, CONTEXT * longer), least(height, width)
    # Inside the photo as long as the hole is shorter than it, or a quarter of what is
    # seen then is known at least. Else the borders are mirrored, and half the hole's
    # length more is shown, so that some of it is known.
    side = least(wanted, most(longer, shorter))
    seen = least(side, height) * least(side, width)
    little = least(most(4 * pixels - 3 * seen, 0), 1)
    beyond = least((longer + 1) // 2, longer * most(longer - shorter + 1, 0))
    side = least(wanted, side + little * beyond)
    return place(2 * top + box_height, height), place(2 * left + box_width, width), side


def is_seen_again(longer: Any, size: int) -> Any:
    """Whether a region of that longer side is worth closer looks.

    A speck is mostly rim, which the photo itself goes on into.
    """
    part, whole = _SPECK
    return whole * longer >= part * size


def look_closer(
    box: tuple[Any, Any, Any, Any],
    window: tuple[Any, Any, Any],
    size: int,
    least: Callable = min,
    most: Callable = max,
) -> list[tuple[Any, Any, Any]]:
    """The squares of a window that closer looks show: centred on the region.

    Args:
        box: left, top, width and height of the region.
        window: top, left and side of its window.
        size: side that the network takes; what is seen is magnified twice at most.
        least: and `most`, as of `place_window`.

    Returns:
        top, left and side of each, within the window, the closest last.
    """
    left, top, width, height = box
    first_row, first_column, whole_side = window

    def place(twice_center: Any, first: Any, side: Any) -> Any:
        last = first + whole_side - side
        return least(most((twice_center - side) // 2, first), last)

    def see(part: int, whole: int) -> tuple[Any, Any, Any]:
        near = (part * most(width, height) + whole - 1) // whole
        side = least(whole_side, most(near, size // 2))
        return (
            place(2 * top + height, first_row, side),
            place(2 * left + width, first_column, side),
            side,
        )

    return [see(*ratio) for ratio in _CLOSER]


def choose_size(side: int, sizes: Sequence[int]) -> int:
    """Which of the network's sizes a window of that side is filled at.

    The smallest to which the window is shrunk by a third at most; else the largest.
    """
    fitting = (size for size in sorted(sizes) if fits_size(side, size))
    return next(fitting, max(sizes))


def fits_size(side: Any, size: Any) -> Any:
    """Whether a window of that side is shrunk little enough to be filled at a size."""
    part, whole = _SHRUNK
    return part * side <= whole * size


def is_hole(known: Any, under: Any, largest: Any) -> Any:
    """Which of the network's pixels are hole, by how much known lies under each.

    A pixel is known where half of what lies under it is. Where no pixel is, any known
    part of one counts, as long as no other has more.

    Args:
        known: whole numbers, the known area under each pixel, as `measure_known` gives.
        under: the whole area under a pixel.
        largest: the largest of `known`.
    """
    little = 2 * largest < under
    return (little & (known < largest)) | (~little & (2 * known < under))
