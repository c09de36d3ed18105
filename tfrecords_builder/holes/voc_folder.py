"""The label images of a VOCdevkit folder, and VOC's own lists of them."""

import os
from collections.abc import Iterator

import tensorflow as tf

from ce_tf.errors import InputError
from tfrecords_builder.files import Reference

# VOC draws classes in the one and single objects in the other, which may be missing.
_CLASSES, _OBJECTS = "SegmentationClass", "SegmentationObject"


def find_voc_files(place: str) -> Iterator[tuple[Reference, str]]:
    """Yields the label images of a VOCdevkit, or of one year's folder, by split.

    Raises:
        InputError: there are none, or a list is missing.
    """
    folders = [place]
    if not _has_labels(place):
        years = (os.path.join(place, year) for year in ("VOC2007", "VOC2012"))
        folders = list(filter(_has_labels, years))
    if not folders:
        raise InputError(
            f"--voc_dir={place}: neither VOC2007/{_CLASSES} nor VOC2012/{_CLASSES} is "
            "there. Give the folder VOCdevkit that the VOC archive unpacks to."
        )
    for folder in folders:
        for split in ("train", "val"):
            for name in read_list(folder, split):
                for label in label_files(folder, name):
                    yield label, split


def _has_labels(folder: str) -> bool:
    return tf.io.gfile.exists(os.path.join(folder, _CLASSES))


def label_files(folder: str, name: str) -> Iterator[Reference]:
    """The label images of one photo: of its classes and, where there, its objects."""
    for kind in (_CLASSES, _OBJECTS):
        path = os.path.join(folder, kind, f"{name}.png")
        # A class image that is missing is found, and reported, when it is read.
        if kind == _CLASSES or tf.io.gfile.exists(path):
            yield Reference(path, f"{kind}/{name}.png")


def read_list(folder: str, split: str) -> list[str]:
    """The photo names of VOC's segmentation list `train` or `val`.

    Raises:
        InputError: there is no such list.
    """
    path = os.path.join(folder, "ImageSets", "Segmentation", f"{split}.txt")
    try:
        with tf.io.gfile.GFile(path) as file:
            return file.read().split()
    except tf.errors.OpError:
        raise InputError(
            f"{path} is missing: it says which label images are for {split}. "
            "--labels=DIR takes label images without such lists."
        ) from None
