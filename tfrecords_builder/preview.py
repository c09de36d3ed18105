"""A contact sheet of what was packed: random photos with random holes."""

import os
from collections.abc import Sequence

import cv2
import numpy as np

from ce_tf.files import open_binary
from ce_tf.images.codec import decode_image
from ce_tf.images.mask import decode_mask
from ce_tf.records.manifest import Shard, Split
from ce_tf.records.tfrecord import record_offsets
from tfrecords_builder.files import read_feature

_SIDE, _COLUMNS = 128, 8
# How a hole is shown: this colour over what will be filled.
_HOLE = (255, 0, 255)


def draw_preview(folder: str, split: Split, seed: int) -> np.ndarray:
    """Pairs 64 photos of the shards with 64 holes of theirs, at random.

    Each tile is the middle of a packed picture; its hole is magenta, half transparent.

    Returns:
        RGB uint8 [1024, 1024, 3].
    """
    rng = np.random.default_rng([seed, 64])
    count = _COLUMNS * _COLUMNS
    images = _pick(rng, folder, split.images, "image/encoded", count)
    masks = _pick(rng, folder, split.masks, "mask/encoded", count)
    sheet = np.zeros((_COLUMNS * _SIDE, _COLUMNS * _SIDE, 3), np.uint8)
    for place, (image, mask) in enumerate(zip(images, masks, strict=True)):
        top, left = (_SIDE * step for step in divmod(place, _COLUMNS))
        sheet[top : top + _SIDE, left : left + _SIDE] = _tile(image, mask)
    return sheet


def _pick(
    rng: np.random.Generator,
    folder: str,
    shards: Sequence[Shard],
    feature: str,
    count: int,
) -> list[bytes]:
    """A feature of `count` random records, from at most 8 shards."""
    some = rng.choice(len(shards), min(8, len(shards)), replace=False)
    found: list[tuple[str, int]] = []
    for shard in (shards[place] for place in some):
        path = os.path.join(folder, shard.name)
        with open_binary(path) as file:
            found += [(path, offset) for offset in record_offsets(file)]
    # Few records show several times rather than leave the sheet empty.
    order = rng.choice(len(found), count, replace=len(found) < count)
    places = (found[place] for place in order)
    return [read_feature(path, offset, feature) for path, offset in places]


def _tile(encoded: bytes, encoded_mask: bytes) -> np.ndarray:
    image = decode_image(encoded)
    side = min(image.shape[:2])
    top, left = ((length - side) // 2 for length in image.shape[:2])
    square = cv2.resize(image[top : top + side, left : left + side], (_SIDE, _SIDE))
    mask = decode_mask(encoded_mask)
    mask = cv2.resize(mask, (_SIDE, _SIDE), interpolation=cv2.INTER_NEAREST) > 0
    square[mask] = (0.4 * square[mask] + 0.6 * np.array(_HOLE)).astype(np.uint8)
    return square
