"""Best, median and worst pictures of a method: original, hole, and every fill."""

from collections.abc import Sequence

import cv2
import numpy as np

from ce_tf import metrics
from ce_tf.evaluating.drawing import fit_text, write_text
from ce_tf.evaluating.examples import Example
from ce_tf.evaluating.measuring import Scores
from ce_tf.evaluating.methods import Method

# Pictures of each: best, median, worst.
EACH = 3
_GAP, _HEAD, _FOOT, _SIDE = 6, 22, 18, 70
# Longer side of what pictures are drawn in: small ones enlarged at least to the first,
# large ones shrunk to the second, pixels.
_LEAST_CELL, _LARGEST_CELL = 128, 320


def choose_cases(scores: Scores, method: str) -> list[tuple[str, int]]:
    """(label, index in the source) of a method's best, median and worst pictures.

    By PSNR in the hole, best first; of few pictures each comes once.
    """
    psnr = scores.of("psnr")[:, scores.methods.index(method)]
    order = np.argsort(-psnr, kind="stable")
    middle = max((len(order) - EACH) // 2, 0)
    chosen: dict[int, str] = {}
    for label, rows in (
        ("best", order[:EACH]),
        ("worst", order[::-1][:EACH][::-1]),
        ("median", order[middle : middle + EACH]),
    ):
        for row in rows:
            chosen.setdefault(int(row), label)
    ranked = sorted(chosen, key=list(order).index)
    return [(chosen[row], int(scores.indices[row])) for row in ranked]


def draw_cases(
    cases: Sequence[tuple[str, Example]], methods: Sequence[Method]
) -> np.ndarray:
    """A grid: a row a case; columns original, hole (white) and each method.

    Under each fill stands its PSNR in the hole, dB.

    Returns:
        uint8 [height, width, 3].
    """
    size = max(max(example.image.shape) for _, example in cases)
    cell = min(size * -(-_LEAST_CELL // size), _LARGEST_CELL)
    heads = ["original", "hole", *(method.name for method in methods)]
    height = _HEAD + len(cases) * (cell + _FOOT)
    width = _SIDE + len(heads) * (cell + _GAP)
    canvas = np.full((height, width, 3), 255, np.uint8)
    for column, head in enumerate(heads):
        left = _SIDE + column * (cell + _GAP)
        write_text(canvas, fit_text(head, cell), (left, _HEAD - 7))
    for row, (label, example) in enumerate(cases):
        top = _HEAD + row * (cell + _FOOT)
        write_text(canvas, label, (4, top + cell // 2))
        write_text(canvas, f"{100 * example.area:.1f} %", (4, top + cell // 2 + 16))
        for column, (picture, text) in enumerate(_cells(example, methods)):
            left = _SIDE + column * (cell + _GAP)
            drawn = _fit(picture, cell)
            canvas[top : top + len(drawn), left : left + drawn.shape[1]] = drawn
            write_text(canvas, text, (left, top + cell + 13))
    return canvas


def _cells(example: Example, methods: Sequence[Method]) -> list[tuple[np.ndarray, str]]:
    hidden = np.where(example.mask == 1, 255, example.image).astype(np.uint8)
    cells = [(example.image, ""), (hidden, "")]
    for method in methods:
        completed = method.fill(example)
        psnr = metrics.hole_psnr(example.image, completed, example.mask[..., 0])
        cells.append((completed, f"{psnr:.1f} dB"))
    return cells


def _fit(picture: np.ndarray, cell: int) -> np.ndarray:
    """Scaled to a longer side of `cell`."""
    height, width = picture.shape[:2]
    longer = max(height, width)
    size = (max(1, cell * width // longer), max(1, cell * height // longer))
    way = cv2.INTER_NEAREST if longer <= cell else cv2.INTER_AREA
    return cv2.resize(picture, size, interpolation=way)
