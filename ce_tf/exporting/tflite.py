"""The TFLite files: what phones and LiteRT run, for one picture at a time."""

import tempfile
import warnings
from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf

from ce_tf.completion.network import EraseModule, make_erase
from ce_tf.exporting.examples import Examples
from ce_tf.exporting.integer_signature import make_integer_erase


def convert(
    generator: keras.Model,
    fill_color: tf.Tensor | None,
    size: int,
    flavour: str,
    examples: Examples,
) -> bytes:
    """A TFLite file with the signature `erase`.

    The signature is that of `make_erase` for exactly one picture: a size that is open
    adds ops which phones' GPU delegates refuse.

    Args:
        generator: that fills.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
        size: side S of the picture.
        flavour: `float32`; `float16` stores weights in 16 bits and computes in 32;
            `dynamic` stores them in 8; `int8` computes in whole numbers of 8 bits.
        examples: by which `int8` chooses its ranges.
    """
    make = make_integer_erase if flavour == "int8" else _make_float_erase
    with tempfile.TemporaryDirectory() as folder:
        # By way of a SavedModel, for only so does the signature get its name.
        signatures = {"erase": make(generator, fill_color, size)}
        tf.saved_model.save(EraseModule(generator), folder, signatures)
        converter = tf.lite.TFLiteConverter.from_saved_model(
            folder, signature_keys=["erase"]
        )
        _SETTINGS[flavour](converter, examples)
        with warnings.catch_warnings():
            # Its calibrator runs tf.lite.Interpreter, which says it is deprecated.
            warnings.filterwarnings("ignore", "(?s).*tf.lite.Interpreter is deprecated")
            return converter.convert()


def _make_float_erase(
    generator: keras.Model, fill_color: tf.Tensor | None, size: int
) -> Callable:
    return make_erase(generator, fill_color, batch=1, size=size)


def _set_float16(converter: tf.lite.TFLiteConverter, _: Examples) -> None:
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]


def _set_dynamic(converter: tf.lite.TFLiteConverter, _: Examples) -> None:
    converter.optimizations = [tf.lite.Optimize.DEFAULT]


def _set_int8(converter: tf.lite.TFLiteConverter, examples: Examples) -> None:
    chosen = examples.to_calibrate()

    def representative() -> Iterator[dict[str, np.ndarray]]:
        for image, mask in zip(chosen.images, chosen.masks, strict=True):
            yield {"image": image[np.newaxis], "mask": mask[np.newaxis]}

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    # Nothing else: an op without an int8 form is an error, not a float op.
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.uint8
    converter.inference_output_type = tf.uint8


_SETTINGS = {
    "float32": lambda converter, examples: None,
    "float16": _set_float16,
    "dynamic": _set_dynamic,
    "int8": _set_int8,
}
