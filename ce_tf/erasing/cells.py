"""A hole in cells: small squares of pixels, so that what is worked out stays small."""

import dataclasses

import cv2
import numpy as np

_ROWS = 64  # of cells, read at a time


@dataclasses.dataclass(frozen=True)
class Cells:
    """The squares of a hole's bounding box that have hole in them.

    Attributes:
        side: of a square, pixels; the first starts at the bounding box's top left.
        origin: left, top of the bounding box in the photo.
        shape: rows and columns of squares in the bounding box.
        places: int [N, 2], row and column of each.
        starts: int [N, 2], left and top of each, in the photo.
        boxes: int [N, 4], left, top, right, bottom of the hole in each, in the photo.
        pixels: int [N], hole in each.
        parts: int [N], from 0 on, in the order of their first square, row by row:
            squares that touch, at corners too, have the same.
    """

    side: int
    origin: tuple[int, int]
    shape: tuple[int, int]
    places: np.ndarray
    starts: np.ndarray
    boxes: np.ndarray
    pixels: np.ndarray
    parts: np.ndarray


def read_cells(hole: np.ndarray, side: int) -> Cells:
    """Reads a hole, uint8 [H, W] of 0 and 1, 1 somewhere, in squares of that side."""
    left, top, width, height = cv2.boundingRect(hole)
    shape = -(-height // side), -(-width // side)
    grid = np.zeros(shape, np.uint8)
    found = [
        _read_rows(hole[top : top + height, left : left + width], side, first, grid)
        for first in range(0, shape[0], _ROWS)
    ]
    places, corners, pixels = (
        np.concatenate(parts) for parts in zip(*found, strict=True)
    )
    starts = np.array([left, top]) + side * places[:, ::-1]
    boxes = corners + np.tile(starts, 2)
    _, labels = cv2.connectedComponents(grid, connectivity=8)
    labels = labels[tuple(places.T)] - 1
    first = np.unique(labels, return_index=True)[1]
    parts = np.argsort(np.argsort(first))[labels]
    return Cells(side, (left, top), shape, places, starts, boxes, pixels, parts)


def _read_rows(
    hole: np.ndarray, side: int, first: int, grid: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of some rows of cells: places, corners within the cell, and pixels of hole."""
    strip = hole[first * side : (first + _ROWS) * side]
    down, right = -strip.shape[0] % side, -strip.shape[1] % side
    strip = cv2.copyMakeBorder(strip, 0, down, 0, right, cv2.BORDER_CONSTANT, value=0)
    squares = strip.reshape(-1, side, grid.shape[1], side)
    across = np.asarray(squares.any(1))  # (rows, columns, side)
    within = np.asarray(across.any(-1))
    grid[first : first + len(within)] = within
    places = np.argwhere(within)
    across = across[within]
    own = squares.transpose(0, 2, 1, 3)[within]  # (n, side, side)
    downward = np.asarray(own.any(2))
    corners = [across.argmax(1), downward.argmax(1)]
    corners += [side - axis[:, ::-1].argmax(1) for axis in (across, downward)]
    pixels = own.sum((1, 2), dtype=np.int64)
    return places + np.array([first, 0]), np.stack(corners, 1), pixels
