"""Which label images give silhouettes to which split."""

from collections.abc import Iterator

import tensorflow as tf

from ce_tf.errors import InputError
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import Reference, exists, join
from tfrecords_builder.photos.sources import at_least_one, find_files

# Label images keep an index a pixel, so no lossy format can hold them.
ENDINGS = (".png", ".bmp", ".tif", ".tiff", ".gif")
# VOC draws classes in the one and single objects in the other, which may be missing.
_CLASSES, _OBJECTS = "SegmentationClass", "SegmentationObject"


def find_labels(config: BuildConfig) -> Iterator[tuple[Reference, str]]:
    """Yields every label image with its split; "" where its content shall decide.

    VOC's own lists say what is train and val; what one year trains on and another
    validates with is val alone, so that no silhouette stands in both.

    Raises:
        InputError: a folder is missing, holds no label image, or is no VOCdevkit.
    """
    found = list(_find(config))
    vals = {_photo(label) for label, split in found if split == "val"}
    for label, split in found:
        if split != "train" or _photo(label) not in vals:
            yield label, split


def _photo(label: Reference) -> str:
    """The photo a VOC label image is of; VOC2012 calls 2007's 000032 2007_000032."""
    name = label.name.rpartition("/")[2]
    return name.removesuffix(".png").removeprefix("2007_")


def _find(config: BuildConfig) -> Iterator[tuple[Reference, str]]:
    if config.voc_dir:
        yield from _voc_labels(config.voc_dir)
    for year in config.voc:
        # TFDS takes seconds to import, and few builds need it.
        from tfrecords_builder.holes.voc import find_voc

        yield from find_voc(year, config)
    if config.labels:
        labels = find_files(config.labels, ENDINGS)
        for label in at_least_one(labels, f"--labels={config.labels}", ENDINGS):
            yield label, ""


def _voc_labels(place: str) -> Iterator[tuple[Reference, str]]:
    folders = [place]
    if not exists(join(place, _CLASSES)):
        folders = [join(place, year) for year in ("VOC2007", "VOC2012")]
        folders = [folder for folder in folders if exists(join(folder, _CLASSES))]
    if not folders:
        raise InputError(
            f"--voc_dir={place}: neither VOC2007/{_CLASSES} nor VOC2012/{_CLASSES} is "
            "there. Give the folder VOCdevkit that the VOC archive unpacks to."
        )
    for folder in folders:
        for split in ("train", "val"):
            for name in listed(folder, split):
                yield from label_files(folder, name, split)


def label_files(folder: str, name: str, split: str) -> Iterator[tuple[Reference, str]]:
    """The label images of one photo: of its classes and, where there, its objects."""
    for kind in (_CLASSES, _OBJECTS):
        path = join(folder, kind, f"{name}.png")
        # A class image that is missing is found, and reported, when it is read.
        if kind == _CLASSES or exists(path):
            yield Reference(path, f"{kind}/{name}.png"), split


def listed(folder: str, split: str) -> list[str]:
    """The photo names of VOC's segmentation list `train` or `val`."""
    path = join(folder, "ImageSets", "Segmentation", f"{split}.txt")
    try:
        with tf.io.gfile.GFile(path) as file:
            return file.read().split()
    except tf.errors.OpError:
        raise InputError(
            f"{path} is missing: it says which label images are for {split}. "
            "--labels=DIR takes label images without such lists."
        ) from None
