"""Real pictures with real holes, to measure exported files on and calibrate int8."""

import dataclasses

import cv2
import numpy as np

from ce_tf.data.pipeline import validation_dataset
from ce_tf.records.manifest import read_manifest

# Pictures on which each file is compared with Keras.
COMPARED = 100
# Pictures by which int8's ranges are chosen.
CALIBRATED = 100


@dataclasses.dataclass(frozen=True)
class Examples:
    """Pictures with a hole each.

    Attributes:
        images: uint8 [N, S, S, 3].
        masks: uint8 [N, S, S, 1], 1 = hole.
    """

    images: np.ndarray
    masks: np.ndarray

    def __len__(self) -> int:
        return len(self.images)

    def part(self, rows: slice) -> "Examples":
        """Some of them."""
        return Examples(self.images[rows], self.masks[rows])

    def scale(self, size: int) -> "Examples":
        """The same at another side."""
        images = [_scale(image, size, cv2.INTER_AREA) for image in self.images]
        masks = [_scale(mask, size, cv2.INTER_NEAREST) for mask in self.masks]
        return Examples(np.stack(images), np.stack(masks).reshape(-1, size, size, 1))

    def to_calibrate(self) -> "Examples":
        """At least `CALIBRATED` of them, the last ones.

        Where there are fewer pictures, each meets several holes.
        """
        turns = -(-CALIBRATED // len(self))
        images = np.concatenate([self.images] * turns)
        masks = np.concatenate(
            [np.roll(self.masks, turn, axis=0) for turn in range(turns)]
        )
        return Examples(images, masks).part(slice(-CALIBRATED, None))


def read_examples(data: str, size: int) -> Examples:
    """The first validation pictures of some shards, each with its own hole.

    Args:
        data: folder of shards.
        size: side of the pictures; shards of another side are scaled.

    Raises:
        InputError: there are no shards, or they are damaged.
    """
    manifest = read_manifest(data)
    batches = validation_dataset(data, manifest, size=manifest.mask_size, batch_size=1)
    rows = list(batches.unbatch().take(COMPARED + CALIBRATED).as_numpy_iterator())
    images, masks = (
        np.stack([row[name] for row in rows]) for name in ("image", "mask")
    )
    return Examples(images, masks).scale(size)


def _scale(pixels: np.ndarray, size: int, way: int) -> np.ndarray:
    if size == pixels.shape[0]:
        return pixels
    if size > pixels.shape[0] and way == cv2.INTER_AREA:
        way = cv2.INTER_CUBIC
    return cv2.resize(pixels, (size, size), interpolation=way)
