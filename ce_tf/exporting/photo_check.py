"""Do the SavedModel's signatures for whole photos do what the eraser does?"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import tensorflow as tf

from ce_tf.completion.runtimes import Runtime, SavedModelRuntime
from ce_tf.erasing.eraser import Eraser
from ce_tf.exporting.comparison import ExportError
from ce_tf.images.codec import decode_image, encode_image

# Levels of 0 to 255, in the hole. Scaling rounds in OpenCV and in the graph, to 4 and
# half of one in the mean; of that sharpening makes 1.26 times as much.
MAX_LEVELS = 6
MEAN_LEVELS = 0.72


def check_photo_signatures(
    name: str, runtimes: Sequence[Runtime], image: np.ndarray
) -> None:
    """Erases from photos with `erase`, `erase_bytes` and the `Eraser`; compares.

    Args:
        name: of the SavedModel.
        runtimes: which `load_runtimes` made of it.
        image: uint8 [S, S, 3], a real picture; it is scaled to other forms: to one
            whose window is filled at S, and one for 2 S, where the network takes that.

    Raises:
        ExportError: one of them does something else.
    """
    first = runtimes[0]
    assert isinstance(first, SavedModelRuntime)
    eraser = Eraser(runtimes)
    largest = len(image) * 3 // 2  # side of a window that is still filled at S
    for height in (largest, largest + 1):
        size = len(image) * 2, height
        photo = cv2.resize(image, size, interpolation=cv2.INTER_CUBIC)
        _check_photo(name, eraser, first.model, photo)


def _check_photo(name: str, eraser: Eraser, model: Any, photo: np.ndarray) -> None:
    """Checks one photo, by a hole whose window is as high as the photo."""
    height, width = photo.shape[:2]
    mask = np.zeros((height, width, 1), np.uint8)
    mask[height // 3 : height * 2 // 3, width // 4 : width * 2 // 3] = 255
    expected = eraser.erase(photo, mask[..., 0], detail=0)
    found = model.signatures["erase"](image=tf.constant(photo), mask=tf.constant(mask))
    found = found["image"].numpy()
    files = [encode_image(pixels, ".png") for pixels in (photo, mask[..., 0])]
    encoded = model.signatures["erase_bytes"](
        image_bytes=tf.constant(files[:1]), mask_bytes=tf.constant(files[1:])
    )
    decoded = decode_image(encoded["image_bytes"][0].numpy())
    hole = mask[..., 0] > 0
    difference = np.abs(found[hole].astype(int) - expected[hole])
    if (
        (found[~hole] != photo[~hole]).any()
        or (decoded != found).any()
        or difference.max() > MAX_LEVELS
        or difference.mean() > MEAN_LEVELS
    ):
        raise ExportError(
            f"{name}: its signatures `erase` and `erase_bytes` do not give what "
            f"the eraser gives (by up to {difference.max()} of 255). It was deleted."
        )
