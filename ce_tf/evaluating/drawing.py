"""Text and lines on white paper, with OpenCV: no plotting library is needed."""

import cv2
import numpy as np

INK = (40, 40, 40)
# Of the methods, in their order; told apart by the colour-blind (Okabe and Ito).
COLORS = (
    (150, 150, 150),
    (230, 159, 0),
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (86, 180, 233),
    (90, 60, 20),
)
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def write_text(
    canvas: np.ndarray,
    text: str,
    place: tuple[int, int],
    scale: float = 0.4,
    color: tuple[int, int, int] = INK,
    anchor: str = "left",
) -> None:
    """Writes ASCII text; `place` is x and y of its base line, at `anchor` (left,
    center or right)."""
    width = text_width(text, scale)
    shift = {"left": 0, "center": width // 2, "right": width}[anchor]
    position = (int(place[0]) - shift, int(place[1]))
    cv2.putText(canvas, text, position, _FONT, scale, color, 1, cv2.LINE_AA)


def text_width(text: str, scale: float = 0.4) -> int:
    """Pixels that a text takes."""
    return cv2.getTextSize(text, _FONT, scale, 1)[0][0]


def fit_text(text: str, width: int, scale: float = 0.4) -> str:
    """The text, its beginning cut off where it is wider than `width` pixels."""
    if text_width(text, scale) <= width:
        return text
    while text and text_width(f"..{text}", scale) > width:
        text = text[1:]
    return f"..{text}"
