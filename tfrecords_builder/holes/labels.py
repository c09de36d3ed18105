"""Which label images give silhouettes to which split."""

from collections.abc import Iterator

from ce_tf.images.silhouettes import ENDINGS
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import Reference
from tfrecords_builder.holes.voc_folder import find_voc_files
from tfrecords_builder.photos.folders import at_least_one, find_files


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
        yield from find_voc_files(config.voc_dir)
    for year in config.voc:
        # TFDS takes seconds to import, and few builds need it.
        from tfrecords_builder.holes.voc import find_voc

        yield from find_voc(year, config)
    if config.labels:
        labels = find_files(config.labels, ENDINGS)
        for label in at_least_one(labels, f"--labels={config.labels}", ENDINGS):
            yield label, ""
