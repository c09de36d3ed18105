"""Pictures and holes as the shards hold them: shuffled, then decoded, in each epoch."""

from collections.abc import Sequence

import tensorflow as tf

from ce_tf.data.crops import decode_hole, decode_square, draw_crops, place_crops
from ce_tf.data.shuffling import Stream, count_records, shuffle_records
from ce_tf.records import schema
from ce_tf.records.manifest import Shard, shard_paths


class EncodedShards:
    """Reads and shuffles serialized records; decodes crop and hole of each example.

    Args:
        folder: where the shards lie.
        lanes: picture shards of each of this host's lanes.
        masks: the mask shards, which every lane reads.
        size: side S of the examples, in pixels.
        lossless: whether pictures are PNG, not JPEG.
    """

    def __init__(
        self,
        folder: str,
        lanes: Sequence[Sequence[Shard]],
        masks: Sequence[Shard],
        size: int,
        lossless: bool,
    ):
        self._folder = folder
        self._lanes = lanes
        self._masks = masks
        self._size = size
        self._lossless = lossless

    def pictures(
        self, lane: int, order: Stream, crop: Stream, start: int
    ) -> tf.data.Dataset:
        """A lane's pictures for ever: (encoded, top and left, flip)."""

        def parse(serialized, epoch, chunk):
            features = schema.parse_image(serialized)
            draws = draw_crops(crop, tf.shape(serialized)[0], epoch, chunk)
            sides = features["image/height"], features["image/width"]
            return features["image/encoded"], *place_crops(draws, *sides, self._size)

        shards = self._lanes[lane]
        paths, count = shard_paths(self._folder, shards), count_records(shards)
        return shuffle_records(paths, count, order, start, parse)

    def holes(self, order: Stream, start: int) -> tf.data.Dataset:
        """All encoded holes for ever."""

        def parse(serialized, epoch, chunk):
            return schema.parse_mask(serialized)["mask/encoded"]

        paths = shard_paths(self._folder, self._masks)
        return shuffle_records(paths, count_records(self._masks), order, start, parse)

    def batch(self, examples: tf.data.Dataset, count: int) -> tf.data.Dataset:
        """Decodes (picture, hole, row) and puts `count` of them together."""

        def decode(picture, hole, row):
            encoded, offset, flip = picture
            image = decode_square(encoded, offset, self._size, self._lossless)
            return {
                # Reversed along no axis where it is not to be flipped.
                "image": tf.reverse(image, tf.range(1, 1 + flip)),
                "mask": decode_hole(hole, self._size),
                "row": row,
            }

        return examples.map(
            decode, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True
        ).batch(count, drop_remainder=True)
