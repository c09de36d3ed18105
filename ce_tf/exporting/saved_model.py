"""The SavedModel: what TensorFlow Serving and `tf.saved_model.load` take."""

from pathlib import Path

import keras
import tensorflow as tf
from tensorflow.types.experimental import PolymorphicFunction

from ce_tf.completion.network import (
    EraseModule,
    find_sizes,
    make_erase,
    square_specs,
)
from ce_tf.completion.runtimes import SQUARES
from ce_tf.exporting.bytes_signature import make_bytes_erase
from ce_tf.exporting.hole_rule import find_hole
from ce_tf.exporting.photo_signature import make_photo_erase


def write_saved_model(
    generator: keras.Model, fill_color: tf.Tensor | None, size: int, path: Path
) -> None:
    """Writes a SavedModel with its signatures, the weights once.

    `serving_default` is that of `make_erase` for any number of pictures of side S, with
    masks by the rule of `hole_rule`, `serving_twice` the same for side 2 S, where
    `find_sizes` has that,
    `erase` that of `make_photo_erase`, `erase_bytes` that of `make_bytes_erase`.
    Beside them stands the function `serve`: `serving_default` of one dict, which is
    what `keras.layers.TFSMLayer` calls.

    Args:
        generator: that fills.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
        size: S.
        path: of the folder.
    """
    # Each calls the one before, so that the network is in the file once for each side.
    fills = {
        side: make_erase(generator, fill_color, batch=None, size=side)
        for side in find_sizes(generator, size)
    }
    squares = [_by_rule(fill, side) for side, fill in fills.items()]
    erase_photo = make_photo_erase(fills)
    signatures = {
        **dict(zip(SQUARES, squares, strict=False)),
        "erase": erase_photo,
        "erase_bytes": make_bytes_erase(erase_photo),
    }
    module = EraseModule(generator)
    module.serve = _of_dict(squares[0], size)
    tf.saved_model.save(module, str(path), signatures)


def _of_dict(fill: PolymorphicFunction, size: int) -> PolymorphicFunction:
    """`fill` of `{"image": image, "mask": mask}`, as Keras gives several inputs."""
    image, mask = square_specs(None, size)
    return tf.function(
        lambda inputs: fill(inputs["image"], inputs["mask"]),
        input_signature=[{"image": image, "mask": mask}],
    )


def _by_rule(fill: PolymorphicFunction, size: int) -> PolymorphicFunction:
    """`fill` with masks as people bring them."""
    return tf.function(
        lambda image, mask: fill(image, find_hole(mask)),
        input_signature=square_specs(None, size),
    )
