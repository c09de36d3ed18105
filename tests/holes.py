"""Holes that `decisions.json` describes, and how their regions look when drawn."""

import string

import numpy as np

from ce_tf.erasing.decisions import SPECIFICATION

_NAMES = string.digits[1:] + string.ascii_letters


def draw_bars(case: dict) -> np.ndarray:
    """The hole of one of the `cuts`, uint8 [H, W]: bars, each repeated at a step."""
    hole = np.zeros((case["height"], case["width"]), np.uint8)
    for left, top, width, height, count, right, down in case["bars"]:
        for turn in range(count):
            row, column = top + turn * down, left + turn * right
            hole[row : row + height, column : column + width] = 1
    return hole


def read_drawn(rows: list[str]) -> np.ndarray:
    """The hole of one of the `regions`, uint8 [H, W]."""
    return np.array([[pixel != "." for pixel in row] for row in rows], np.uint8)


def draw_regions(owners: np.ndarray) -> list[str]:
    """Rows of names of regions, of int [H, W]: 0 where there is no hole."""
    return ["".join(("." + _NAMES)[owner] for owner in row) for row in owners]


DRAWN, CUTS = SPECIFICATION["regions"], SPECIFICATION["cuts"]
