"""Pictures of TensorFlow data sets, found where they lie in the prepared files."""

import os
from collections.abc import Iterator

import tensorflow as tf
import tensorflow_datasets as tfds

from ce_tf.errors import InputError
from ce_tf.files import open_binary, reason
from ce_tf.images.photo import FORMATS
from ce_tf.records.tfrecord import record_offsets
from tfrecords_builder.config import dataset_and_split
from tfrecords_builder.files import Reference
from tfrecords_builder.photos.folders import find_files


def find_examples(spec: str, data_dir: str | None) -> Iterator[Reference]:
    """Yields the encoded pictures of `NAME:SPLIT`, none of them decoded.

    Args:
        spec: NAME is a registered data set (downloaded and prepared if it is not yet),
            the folder of a prepared one, or a folder laid out as tfds.ImageFolder has
            it (SPLIT/LABEL/PICTURE); SPLIT may be a slice, train[:10%] say.
        data_dir: where data sets lie; None is TFDS's own place.

    Raises:
        InputError: there is no such data set or split, or it has no image feature.
    """
    name, split = dataset_and_split(spec)
    if tf.io.gfile.isdir(name) and not _is_prepared(name):
        yield from find_files(os.path.join(name, split), FORMATS)
        return
    builder = _open(name, spec, data_dir)
    yield from find_feature(builder, split, _image_feature(builder, spec), spec)


def find_feature(
    builder: tfds.core.DatasetBuilder, split: str, feature: str, spec: str
) -> Iterator[Reference]:
    """Yields where one feature of each example of a prepared data set is."""
    file_format = builder.info.file_format
    if file_format != tfds.core.FileFormat.TFRECORD:
        raise InputError(
            f"--tfds={spec}: it was prepared as {file_format and file_format.value}. "
            "Prepare it with file_format='tfrecord'."
        )
    try:
        instructions = builder.info.splits[split].file_instructions
    except (KeyError, ValueError) as error:
        known = ", ".join(builder.info.splits)
        raise InputError(
            f"--tfds={spec}: no split {split!r} ({error}); it has {known}."
        ) from None
    number = 0
    for part in instructions:
        path = str(part.filename)
        try:
            with open_binary(path) as file:
                offsets = list(record_offsets(file))[part.skip :]
        except OSError as error:
            raise InputError(f"--tfds={spec}: {path}: {reason(error)}.") from None
        for offset in offsets[: part.take] if part.take >= 0 else offsets:
            label = f"{builder.info.name}/{split}/{number}"
            yield Reference(path, label, offset, feature)
            number += 1


def _is_prepared(folder: str) -> bool:
    return bool(tf.io.gfile.glob(os.path.join(folder, "dataset_info.json")))


def _open(name: str, spec: str, data_dir: str | None) -> tfds.core.DatasetBuilder:
    try:
        if _is_prepared(name):
            return tfds.builder_from_directory(name)
        builder = tfds.builder(name, data_dir=data_dir)
    except (tfds.core.DatasetNotFoundError, ValueError) as error:
        first = str(error).strip().partition("\n")[0]
        raise InputError(f"--tfds={spec}: no such data set ({first}).") from None
    builder.download_and_prepare()
    return builder


def _image_feature(builder: tfds.core.DatasetBuilder, spec: str) -> str:
    """The name of the image feature; `image` if there are several."""
    features = builder.info.features
    items = features.items() if isinstance(features, tfds.features.FeaturesDict) else ()
    names = [name for name, kind in items if isinstance(kind, tfds.features.Image)]
    if "image" in names or len(names) == 1:
        return "image" if "image" in names else names[0]
    raise InputError(
        f"--tfds={spec}: one image feature is needed, or one called image; it has "
        f"{', '.join(names) or 'none'}."
    )
