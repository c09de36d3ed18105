"""The formats that can be exported: their names, files and tolerances."""

import dataclasses

from ce_tf.errors import InputError

SAVED_MODEL = "saved_model"


@dataclasses.dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        name: as `--formats` has it.
        file: of the exported file or folder.
        largest: levels of 0 to 255 by which the completed picture may differ in the
            hole from the Keras model's; one comes of kernels that round differently.
        mean: of these differences, over the holes.
        loss: dB of PSNR in the hole that it may lose against Keras.
        summary: what it is, for the report.
    """

    name: str
    file: str
    largest: int
    mean: float
    loss: float
    summary: str


FORMATS = {
    format.name: format
    for format in (
        Format(SAVED_MODEL, "saved_model", 1, 0.01, 0.01, "for servers and TensorFlow"),
        Format("float32", "model.tflite", 1, 0.01, 0.01, "as trained"),
        Format("float16", "model-float16.tflite", 2, 0.5, 0.1, "weights of 16 bits"),
        Format("int8", "model-int8.tflite", 255, 8, 0.5, "whole numbers of 8 bits"),
        Format("dynamic", "model-dynamic.tflite", 255, 8, 0.5, "weights of 8 bits"),
    )
}
# What cannot fail on a sound network: 8 bits may lose too much.
DEFAULT = "saved_model,float32,float16"


def parse_formats(text: str) -> list[Format]:
    """The formats of a list with commas, each once, in the order of `FORMATS`.

    Raises:
        InputError: one is unknown, or there is none.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise InputError(
            f"--formats={text}: {unknown[0] if unknown else 'nothing'} is no format. "
            f"Give some of {','.join(FORMATS)}."
        )
    return [format for name, format in FORMATS.items() if name in names]
