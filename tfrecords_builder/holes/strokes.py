"""Free strokes: holes as a finger draws them over an object on a screen."""

import cv2
import numpy as np

# Brush radius and length of one straight piece, as shares of the picture's side.
_RADIUS, _PIECE = (0.025, 0.08), (0.05, 0.16)
_PIECES = (3, 12)
# How much a stroke bends from piece to piece (radians), and how often it turns back on
# itself, as one does who rubs something out.
_BEND, _TURN_BACK = 0.5, 0.25


def draw_strokes(rng: np.random.Generator, size: int, area: float) -> np.ndarray:
    """Draws strokes until they cover at least `area` of the picture.

    Returns:
        uint8 [size, size], 1 = hole.
    """
    mask = np.zeros((size, size), np.uint8)
    radius = rng.uniform(*_RADIUS) * size
    while cv2.countNonZero(mask) / mask.size < area:
        for start, end in _pieces(rng, size):
            cv2.line(mask, start, end, 1, max(1, round(2 * radius)))
            if cv2.countNonZero(mask) / mask.size >= area:
                break
    return mask


def _pieces(
    rng: np.random.Generator, size: int
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """One stroke: straight pieces ((x, y), (x, y)) that follow each other."""
    # Begins outside as often as inside, for its length: so borders are not spared.
    reach = _PIECE[1] * 3
    point = rng.uniform(-reach, 1 + reach, 2)
    angle = rng.uniform(0, 2 * np.pi)
    pieces = []
    for _ in range(rng.integers(*_PIECES)):
        angle += rng.normal(0, _BEND) + np.pi * (rng.random() < _TURN_BACK)
        step = rng.uniform(*_PIECE)
        end = point + step * np.array([np.cos(angle), np.sin(angle)])
        pieces.append((_pixel(point, size), _pixel(end, size)))
        point = end
    return pieces


def _pixel(point: np.ndarray, size: int) -> tuple[int, int]:
    return round(float(point[0]) * size), round(float(point[1]) * size)
