"""Silhouettes: the shapes of objects, as label images show them.

The builder makes holes of them to train with, the evaluation to measure with.
"""

import io

import cv2
import numpy as np
from PIL import Image

# Label images keep an index a pixel, so no lossy format can hold them.
ENDINGS = (".png", ".bmp", ".tif", ".tiff", ".gif")
# Silhouettes are kept no larger than this, pixels; their edges are smooth again when
# they are scaled.
_KEPT_SIDE = 192
# Smaller than this (pixels of the label image, and their share of it) is a speck.
_LEAST_PIXELS, _LEAST_SHARE = 400, 0.002
# Larger than this share of its bounding box is the box, not a shape ...
_MOST_FILLED = 0.92
# ... and with more than this share of its outline on the image's border, an object is
# more cut than seen.
_MOST_CUT = 0.3
# The border that VOC draws round each object: "void", 5 pixels wide.
_BORDER, _BORDER_REACH = 255, np.ones((11, 11), np.uint8)


def decode_silhouettes(data: bytes) -> tuple[np.ndarray, ...]:
    """The silhouettes of one label image, from the bytes of its file.

    Label image: 0 is background, each other value a class, an instance or just
    "object"; 255, which VOC draws round objects, belongs to them. A silhouette is one
    connected object (of one class or of several that touch) or all of one value.

    Returns:
        uint8 [height, width] each, 255 = object, cut to its bounding box; may be empty.

    Raises:
        ValueError: it is no label image; the text is the reason, in a few words.
    """
    labels = decode_labels(data)
    shapes = [*_connected(labels), *_values(labels)]
    return tuple(_cut(shape) for shape in shapes if _is_shape(shape))


def decode_labels(data: bytes) -> np.ndarray:
    """Decodes a label image to uint8 [height, width]; palette images to their indices.

    Raises:
        ValueError: the bytes are no 8-bit (or 1-bit) grey, palette or RGB picture.
    """
    try:
        image = Image.open(io.BytesIO(data))
        if image.mode in ("RGB", "RGBA", "LA"):
            # A picture of a mask: any colour that is not black is object.
            return np.asarray(image.convert("RGB")).max(-1)
        if image.mode in ("P", "L", "1"):
            return np.asarray(image).astype(np.uint8)
    except (OSError, ValueError, SyntaxError):
        raise ValueError("truncated, damaged or no picture") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError("decompression bomb") from None
    raise ValueError(f"mode {image.mode} is no label image")


def _connected(labels: np.ndarray) -> list[np.ndarray]:
    count, parts = cv2.connectedComponents((labels > 0).astype(np.uint8))
    return [parts == part for part in range(1, count)]


def _values(labels: np.ndarray) -> list[np.ndarray]:
    """All of one class or instance, with its own part of the border."""
    values = [value for value in np.unique(labels) if value not in (0, _BORDER)]
    if len(values) < 2:
        return []  # the connected objects are these already
    border = labels == _BORDER
    shapes = []
    for value in values:
        shape = labels == value
        near = cv2.dilate(shape.astype(np.uint8), _BORDER_REACH) > 0
        shapes.append(shape | (border & near))
    return shapes


def _is_shape(shape: np.ndarray) -> bool:
    area = np.count_nonzero(shape)
    if area < max(_LEAST_PIXELS, _LEAST_SHARE * shape.size):
        return False
    box = cv2.boundingRect(shape.astype(np.uint8))
    if area > _MOST_FILLED * box[2] * box[3]:
        return False
    edges = (shape[0], shape[-1], shape[:, 0], shape[:, -1])
    cut = sum(np.count_nonzero(edge) for edge in edges)
    inner = cv2.erode(shape.astype(np.uint8), np.ones((3, 3), np.uint8))
    return bool(cut <= _MOST_CUT * (area - np.count_nonzero(inner) + cut))


def _cut(shape: np.ndarray) -> np.ndarray:
    left, top, width, height = cv2.boundingRect(shape.astype(np.uint8))
    cut = shape[top : top + height, left : left + width].astype(np.uint8) * 255
    scale = _KEPT_SIDE / max(width, height)
    if scale >= 1:
        return cut
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
