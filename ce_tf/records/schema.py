"""The two kinds of record in the shards: how each is written and how it is read.

Images and masks lie in separate shards, so that any hole can meet any picture.

Image record: `image/encoded` (JPEG, or PNG where lossless was asked, RGB),
`image/id` (the photo's name within its source), `image/height`, `image/width`.
Mask record: `mask/encoded` (1-bit PNG, white = hole), `mask/kind` (center, block,
silhouette or stroke), `mask/area` (share of the picture that is hole, 0 to 1).
"""

from typing import TYPE_CHECKING, Any

from google.protobuf.message import Message

from ce_tf.records.example import Example

if TYPE_CHECKING:  # imported where it reads: whoever only writes starts in no time
    import tensorflow as tf

_IMAGE_FEATURES = {
    "image/encoded": "string",
    "image/id": "string",
    "image/height": "int64",
    "image/width": "int64",
}
_MASK_FEATURES = {
    "mask/encoded": "string",
    "mask/kind": "string",
    "mask/area": "float32",
}


def serialize_image(encoded: bytes, name: str, height: int, width: int) -> bytes:
    """One image record. `encoded` is a JPEG or PNG of `height` x `width`, RGB."""
    example = Example()
    features = example.features.feature
    features["image/encoded"].bytes_list.value.append(encoded)
    features["image/id"].bytes_list.value.append(name.encode())
    features["image/height"].int64_list.value.append(height)
    features["image/width"].int64_list.value.append(width)
    return _serialize(example)


def serialize_mask(encoded: bytes, kind: str, area: float) -> bytes:
    """One mask record. `encoded` is a 1-bit PNG, white = hole; `area` in [0, 1]."""
    example = Example()
    features = example.features.feature
    features["mask/encoded"].bytes_list.value.append(encoded)
    features["mask/kind"].bytes_list.value.append(kind.encode())
    features["mask/area"].float_list.value.append(area)
    return _serialize(example)


def parse_image(serialized: "tf.Tensor") -> dict[str, "tf.Tensor"]:
    """The features of one image record, or of N at once, not yet decoded."""
    return _parse(serialized, _IMAGE_FEATURES)


def parse_mask(serialized: "tf.Tensor") -> dict[str, "tf.Tensor"]:
    """The features of one mask record, or of N at once, not yet decoded."""
    return _parse(serialized, _MASK_FEATURES)


def decode_crop(
    encoded: "tf.Tensor", window: "tf.Tensor", lossless: bool = False
) -> "tf.Tensor":
    """Decodes the part `window` = (top, left, height, width) of an encoded picture.

    JPEG decodes no more than that part.

    Args:
        encoded: string [], JPEG, or PNG if `lossless`.
        window: int32 [4], in pixels.
        lossless: as the build's settings say. (Asking the bytes instead costs a tenth
            of the whole input's time.)

    Returns:
        uint8 [height, width, 3].
    """
    import tensorflow as tf

    if lossless:
        image = tf.io.decode_png(encoded, channels=3)
        return tf.slice(image, [window[0], window[1], 0], [window[2], window[3], 3])
    return tf.io.decode_and_crop_jpeg(
        encoded, window, channels=3, dct_method="INTEGER_ACCURATE"
    )


def decode_mask(encoded: "tf.Tensor") -> "tf.Tensor":
    """Decodes a mask record's PNG into uint8 [height, width, 1]; 1 = hole, 0 = kept."""
    import tensorflow as tf

    return tf.cast(tf.io.decode_png(encoded, channels=1) > 0, tf.uint8)


def _parse(serialized: "tf.Tensor", features: dict[str, str]) -> dict[str, "tf.Tensor"]:
    import tensorflow as tf

    spec = {name: tf.io.FixedLenFeature([], dtype) for name, dtype in features.items()}
    parsed: Any = tf.io.parse_example(serialized, spec)
    return parsed


def _serialize(example: Message) -> bytes:
    # Deterministic: protobuf map order is otherwise free, and shards are compared
    # by their bytes. (Filling an Example in place, as above, takes a third of the time
    # of building it from Features, and the builder packs thousands a second.)
    return example.SerializeToString(deterministic=True)
