"""Where photos come from: folders, globs and TensorFlow data sets."""

from collections.abc import Iterator

from ce_tf.images.photo import FORMATS
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import Reference
from tfrecords_builder.photos.folders import at_least_one, find_files


def find_photos(config: BuildConfig) -> Iterator[Reference]:
    """Yields every photo of every source, source by source, in a stable order.

    Raises:
        InputError: a source does not exist or holds no photo.
    """
    for place in config.images:
        yield from at_least_one(
            find_files(place, FORMATS), f"--images={place}", FORMATS
        )
    for spec in config.tfds:
        # TFDS takes seconds to import, and few builds need it.
        from tfrecords_builder.photos.datasets import find_examples

        yield from at_least_one(find_examples(spec, config.tfds_dir), f"--tfds={spec}")
