"""PSNR in the hole against its area, as a picture."""

from typing import Any

import cv2
import numpy as np

from ce_tf.evaluating.drawing import COLORS, INK, write_text
from ce_tf.evaluating.measuring import Scores

_WIDTH, _HEIGHT = 900, 540
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 40, 50
_LINE_HEIGHT = 20
# Dots of single pictures that are drawn of each method.
_MOST_DOTS = 400


def draw_plot(scores: Scores, by_area: dict[str, Any]) -> np.ndarray:
    """Single pictures as dots; of each bin of area the mean with its interval.

    Args:
        scores: of all pictures.
        by_area: the bins, as `summary.summarize` gives them.

    Returns:
        uint8 [height, width, 3].
    """
    room = _LINE_HEIGHT * len(scores.methods)  # the legend, above the axes
    canvas = np.full((_HEIGHT + room, _WIDTH, 3), 255, np.uint8)
    axes = _Axes(canvas, _TOP + room, scores)
    axes.draw()
    write_text(canvas, "PSNR in the hole, dB, against its area", (_LEFT, 24), 0.55)
    step = -(-len(scores.areas) // _MOST_DOTS)
    for number, psnr in enumerate(scores.of("psnr")[::step].T):
        # Paler than the lines.
        red, green, blue = (178 + int(0.3 * c) for c in COLORS[number % len(COLORS)])
        for area, value in zip(scores.areas[::step], psnr, strict=True):
            axes.dot(area, value, (red, green, blue))
    for number, method in enumerate(scores.methods):
        color = COLORS[number % len(COLORS)]
        points = []
        for group in by_area.values():
            figure = group["methods"][method]["psnr"]
            # Side by side, so that intervals do not hide each other.
            shift = 5 * (number - len(scores.methods) // 2)
            low, middle, high = (
                axes.place(group["mean_area"], figure[name], shift)
                for name in ("low", "value", "high")
            )
            cv2.line(canvas, low, high, color, 2, cv2.LINE_AA)
            cv2.circle(canvas, middle, 4, color, -1, cv2.LINE_AA)
            points.append(middle)
        line = np.array(points, np.int32)
        cv2.polylines(canvas, [line], False, color, 2, cv2.LINE_AA)
        height = 44 + number * _LINE_HEIGHT
        cv2.line(canvas, (_LEFT, height), (_LEFT + 24, height), color, 3, cv2.LINE_AA)
        write_text(canvas, method, (_LEFT + 32, height + 4), 0.42)
    return canvas


class _Axes:
    """Where an area and a PSNR lie on the canvas; `top` is where the axes begin."""

    def __init__(self, canvas: np.ndarray, top: int, scores: Scores):
        self._canvas = canvas
        self._bottom, self._top = canvas.shape[0] - _BOTTOM, top
        psnr = scores.of("psnr")
        self._low = np.floor(np.percentile(psnr, 1) - 1)
        self._high = np.ceil(np.percentile(psnr, 99) + 1)
        self._widest = max(scores.areas.max() * 1.08, 0.01)

    def place(self, area: float, psnr: float, shift: int = 0) -> tuple[int, int]:
        along = area / self._widest
        psnr = np.clip(psnr, self._low, self._high)
        up = (psnr - self._low) / (self._high - self._low)
        x = _LEFT + along * (_WIDTH - _LEFT - _RIGHT) + shift
        return round(x), round(self._bottom - up * (self._bottom - self._top))

    def dot(self, area: float, psnr: float, color: tuple[int, int, int]) -> None:
        if self._low <= psnr <= self._high:
            cv2.circle(self._canvas, self.place(area, psnr), 2, color, -1, cv2.LINE_AA)

    def draw(self) -> None:
        for psnr in _ticks(self._low, self._high):
            left, y = self.place(0, psnr)
            cv2.line(self._canvas, (left, y), (_WIDTH - _RIGHT, y), (225, 225, 225), 1)
            write_text(self._canvas, f"{psnr:g}", (left - 8, y + 4), anchor="right")
        for percent in _ticks(0, 100 * self._widest):
            x, bottom = self.place(percent / 100, self._low)
            cv2.line(self._canvas, (x, bottom), (x, bottom + 5), INK, 1)
            write_text(
                self._canvas, f"{percent:g} %", (x, bottom + 20), anchor="center"
            )
        corner = (_LEFT, self._bottom)
        cv2.line(self._canvas, corner, (_LEFT, self._top), INK, 1)
        cv2.line(self._canvas, corner, (_WIDTH - _RIGHT, self._bottom), INK, 1)
        middle = (_LEFT + (_WIDTH - _LEFT - _RIGHT) // 2, self._bottom + 40)
        write_text(self._canvas, "hole, share of the picture", middle, anchor="center")


def _ticks(low: float, high: float) -> np.ndarray:
    """Four to ten round numbers from `low` to `high`."""
    step = next(s for s in (0.5, 1, 2, 5, 10, 20) if (high - low) / s <= 10)
    return np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
