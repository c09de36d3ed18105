"""Pictures and holes decoded once and kept in memory: `--cache=ram`."""

import os
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from ce_tf.data.crops import decode_hole, draw_crops, place_crops
from ce_tf.data.shuffling import Stream, count_records, shuffle_indices
from ce_tf.errors import InputError
from ce_tf.records import schema
from ce_tf.records.manifest import Shard, shard_paths

# Share of this machine's free memory that the cache may take.
_SHARE = 0.8


class DecodedShards:
    """As `EncodedShards`, from memory: uint8 pictures, whole, and holes.

    The order differs from that of `EncodedShards`: here a whole lane is shuffled at
    once.

    Raises:
        InputError: free memory does not hold them.
    """

    def __init__(
        self,
        folder: str,
        lanes: Sequence[Sequence[Shard]],
        masks: Sequence[Shard],
        size: int,
        lossless: bool,
    ):
        self._size = size
        self._lengths = [count_records(lane) for lane in lanes]
        shards = [shard for lane in lanes for shard in lane]
        sides = _read_sides(shard_paths(folder, shards))  # (N, 2)
        pixels = sides.prod(1)
        _require_memory(int(pixels.sum()) * 3 + count_records(masks) * size * size)
        starts = np.concatenate([[0], np.cumsum(pixels)])
        decode = tf.io.decode_png if lossless else tf.io.decode_jpeg
        self._pixels = _decode_pictures(shard_paths(folder, shards), starts, decode)
        self._sides = tf.constant(sides)
        # Places are half as long, and quicker to look up, where 31 bits are enough.
        self._place = tf.int32 if starts[-1] < 2**31 else tf.int64
        self._starts = tf.cast(starts[:-1], self._place)
        self._holes = _decode_holes(shard_paths(folder, masks), size)

    def pictures(
        self, lane: int, order: Stream, crop: Stream, start: int
    ) -> tf.data.Dataset:
        """A lane's pictures for ever: (number, top and left, flip)."""
        first = sum(self._lengths[:lane])

        def parse(numbers, epoch, chunk):
            numbers = numbers + first
            draws = draw_crops(crop, tf.shape(numbers)[0], epoch, chunk)
            sides = tf.unstack(tf.gather(self._sides, numbers), axis=1)
            return numbers, *place_crops(draws, *sides, self._size)

        return shuffle_indices(self._lengths[lane], order, start, parse)

    def holes(self, order: Stream, start: int) -> tf.data.Dataset:
        """The number of each hole for ever."""
        count = len(self._holes)
        return shuffle_indices(count, order, start, lambda numbers, *_: numbers)

    def batch(self, examples: tf.data.Dataset, count: int) -> tf.data.Dataset:
        """Puts `count` of (picture, hole, row) together, crops and flips them."""
        along = tf.range(self._size)

        def gather(picture, hole, row):
            number, offset, flip = picture
            width = tf.cast(
                tf.gather(self._sides, number)[:, 1:], self._place
            )  # (B, 1)
            rows = tf.cast(offset[:, :1] + along, self._place)  # (B, S)
            rows = rows * tf.cast(width, self._place)
            flip = flip[:, tf.newaxis]
            columns = flip * along[::-1] + (1 - flip) * along + offset[:, 1:]
            place = (
                tf.gather(self._starts, number)[:, tf.newaxis, tf.newaxis]
                + rows[:, :, tf.newaxis]
                + tf.cast(columns, self._place)[:, tf.newaxis]
            )  # (B, S, S)
            return {
                "image": tf.gather(self._pixels, place),
                "mask": tf.gather(self._holes, hole),
                "row": row,
            }

        return examples.batch(count, drop_remainder=True).map(
            gather, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True
        )


def _read_sides(paths: Sequence[str]) -> np.ndarray:
    """Height and width of each picture, int64 [N, 2]."""
    sides = [np.zeros((0, 2), np.int64)]
    for chunk in tf.data.TFRecordDataset(paths).batch(1024):
        features = schema.parse_image(chunk)
        names = ("image/height", "image/width")
        sides.append(np.stack([features[name].numpy() for name in names], 1))
    return np.concatenate(sides)


def _decode_pictures(
    paths: Sequence[str], starts: np.ndarray, decode: Callable
) -> tf.Tensor:
    """All pixels, one picture after another, uint8 [P, 3]."""
    pixels = np.empty((int(starts[-1]), 3), np.uint8)
    images = tf.data.TFRecordDataset(paths).map(
        lambda serialized: decode(
            schema.parse_image(serialized)["image/encoded"], channels=3
        ),
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )
    decoded = tqdm(
        images.as_numpy_iterator(), "decoding", len(starts) - 1, unit="image"
    )
    for number, image in enumerate(decoded):
        pixels[starts[number] : starts[number + 1]] = image.reshape(-1, 3)
    return tf.constant(pixels)


def _decode_holes(paths: Sequence[str], size: int) -> tf.Tensor:
    """All holes, uint8 [M, size, size, 1]."""
    holes = tf.data.TFRecordDataset(paths).map(
        lambda serialized: decode_hole(
            schema.parse_mask(serialized)["mask/encoded"], size
        ),
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )
    return tf.constant(np.stack(list(holes.as_numpy_iterator())))


def _require_memory(needed: int) -> None:
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed > _SHARE * free:
        raise InputError(
            f"--cache=ram needs {needed / 1e9:.1f} GB for the decoded pictures, and "
            f"{free / 1e9:.1f} GB are free. Leave it out, or build with a smaller "
            "--size."
        )
