"""Examples from the val split of a folder of shards."""

from collections.abc import Collection, Iterator

import tensorflow as tf

from ce_tf.data.pipeline import validation_dataset
from ce_tf.evaluating.examples import Example, center_hole
from ce_tf.records import schema
from ce_tf.records.manifest import read_manifest, shard_paths


class ShardExamples:
    """The val pictures in order, centre crops; the i-th with the i-th hole.

    Args:
        folder: of the shards.
        size: side S of the pictures.
        limit: at most so many; None for all.
        center: whether each gets the centre square as its hole instead.

    Raises:
        InputError: they cannot be read, have no val split, or do not fit `size`.
    """

    def __init__(self, folder: str, size: int, limit: int | None, center: bool):
        manifest = read_manifest(folder)
        pictures = validation_dataset(folder, manifest, size=size, batch_size=1)
        split = manifest.splits["val"]
        images = tf.data.TFRecordDataset(shard_paths(folder, split.images))
        masks = tf.data.TFRecordDataset(shard_paths(folder, split.masks)).repeat()
        names = images.map(lambda record: schema.parse_image(record)["image/id"])
        kinds = masks.map(lambda record: schema.parse_mask(record)["mask/kind"])
        self._examples = tf.data.Dataset.zip(pictures, names, kinds)
        self._center = center_hole(size, size)[..., None] if center else None
        count = sum(shard.records for shard in split.images)
        self.total = count if limit is None else min(count, limit)
        self.skipped: list[dict[str, str]] = []

    def examples(self, wanted: Collection[int] | None = None) -> Iterator[Example]:
        """See `Source`."""
        total = self.total if wanted is None else max(wanted, default=-1) + 1
        stream = self._examples.take(total).as_numpy_iterator()
        for index, (picture, name, kind) in enumerate(stream):
            if wanted is not None and index not in wanted:
                continue
            mask, kind = picture["mask"][0], kind.decode()
            if self._center is not None:
                mask, kind = self._center, "center"
            yield Example(index, name.decode(), picture["image"][0], mask, kind)
