"""One shard = one pure job: what its plan says, in TFRecord format, to the byte."""

import dataclasses
import os
from collections.abc import Callable, Iterable
from typing import Any

import cv2
import numpy as np

from ce_tf.files import open_binary, written_whole
from ce_tf.records import schema
from ce_tf.records.manifest import Shard
from ce_tf.records.tfrecord import write_records
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import ADVICE, Reference, UnusableError
from tfrecords_builder.holes.holes import draw_hole, share_of
from tfrecords_builder.holes.statistics import HoleStatistics
from tfrecords_builder.photos.images import pack_photo


def shard_name(split: str, kind: str, index: int, count: int) -> str:
    """`train-images-00003-of-00010.tfrecord`."""
    return f"{split}-{kind}-{index:05d}-of-{count:05d}.tfrecord"


def write_images(
    config: BuildConfig, name: str, plan: dict[str, Any], count: Callable[[int], None]
) -> dict[str, Any]:
    """Writes an image shard.

    Args:
        plan: `rows`: [digest, path, name, offset, feature, split] of each photo.

    Returns:
        `shard`, `skipped` (file and reason), `color_sum` (R, G, B) and `pixels`.
    """
    skipped, color_sum, pixels = [], [0, 0, 0], 0

    def serialized() -> Iterable[bytes]:
        nonlocal color_sum, pixels
        for digest, path, photo, offset, feature, _ in plan["rows"]:
            try:
                data = Reference(path, photo, offset, feature).read()
                pictures = pack_photo(data, digest, config)
            except UnusableError as error:
                skipped.append({"file": path, "reason": str(error)})
            else:
                for picture in pictures:
                    pixels += picture.height * picture.width
                    both = zip(color_sum, picture.color_sum, strict=True)
                    color_sum = [one + other for one, other in both]
                    yield schema.serialize_image(
                        picture.encoded, photo, picture.height, picture.width
                    )
            count(1)

    shard = _write(config, name, serialized())
    return {
        "shard": dataclasses.asdict(shard),
        "skipped": skipped,
        "color_sum": color_sum,
        "pixels": pixels,
    }


def write_masks(
    config: BuildConfig, name: str, plan: dict[str, Any], count: Callable[[int], None]
) -> dict[str, Any]:
    """Writes a mask shard.

    Args:
        plan: `seed` (a list of numbers), `start`, `stop` (which masks of the split)
            and `labels` ([path, name, offset, feature] each).

    Returns:
        `shard`, and `holes`, statistics of them.
    """
    labels = [Reference(*fields) for fields in plan["labels"]]

    statistics = HoleStatistics()

    def serialized() -> Iterable[bytes]:
        for position in range(plan["start"], plan["stop"]):
            yield draw_record(config, [*plan["seed"], position], labels, statistics)
            count(1)

    shard = _write(config, name, serialized())
    return {"shard": dataclasses.asdict(shard), "holes": statistics.to_json()}


def draw_record(
    config: BuildConfig,
    seed: list[int],
    labels: list[Reference],
    statistics: HoleStatistics,
) -> bytes:
    """One mask record, made from nothing but its arguments; counted in `statistics`."""
    rng = np.random.default_rng(seed)
    shares = config.hole_shares
    kind = str(rng.choice(list(shares), p=list(shares.values())))
    mask = draw_hole(rng, kind, config.mask_size, config.hole_areas, labels)
    area = share_of(mask)
    statistics.add(mask, kind, area)
    encoded = cv2.imencode(".png", mask * 255, [cv2.IMWRITE_PNG_BILEVEL, 1])[1]
    return schema.serialize_mask(encoded.tobytes(), kind, area)


def _write(config: BuildConfig, name: str, serialized: Iterable[bytes]) -> Shard:
    path = os.path.join(config.out, name)
    with written_whole(path, ADVICE) as part, open_binary(part, "wb") as file:
        count, size, digest = write_records(file, serialized)
    return Shard(name, count, size, digest)
