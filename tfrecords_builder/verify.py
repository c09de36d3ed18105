"""Rereads a finished folder of shards and names all that is wrong."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from ce_tf.files import reason
from ce_tf.records import schema
from ce_tf.records.manifest import Manifest, Shard, hash_file, read_manifest
from tfrecords_builder.config import hole_limits

Parse = Callable[[tf.Tensor], dict[str, tf.Tensor]]
Check = Callable[[dict[str, Any], Manifest], str]
# A stored area is a float32.
_ROUNDING = 1e-6


def verify(folder: str) -> list[str]:
    """Checks every shard against the manifest, and every record.

    Checksums, counts, that every picture and mask decodes, their sizes, and the holes'
    areas.

    Returns:
        One line for each thing that is wrong; empty when all is well.

    Raises:
        InputError: there is no manifest, or a shard is missing or cut short.
    """
    manifest = read_manifest(folder)
    problems: list[str] = []
    images = [shard for split in manifest.splits.values() for shard in split.images]
    masks = [shard for split in manifest.splits.values() for shard in split.masks]
    total = sum(shard.records for shard in images + masks)
    with tqdm(total=total, desc="verifying", unit=" records") as bar:
        for shards, parse, check in (
            (images, schema.parse_image, _check_image),
            (masks, schema.parse_mask, _check_mask),
        ):
            for shard in shards:
                problems += _check_shard(folder, shard, manifest, parse, check)
                bar.update(shard.records)
    return problems


def _check_shard(
    folder: str, shard: Shard, manifest: Manifest, parse: Parse, check: Check
) -> Iterator[str]:
    path = os.path.join(folder, shard.name)
    count = 0
    try:
        if hash_file(path) != shard.sha256:
            yield f"{path}: its sha256 is not the manifest's; it was changed or damaged"
        records: Any = tf.data.TFRecordDataset(path, buffer_size=1 << 20).map(parse)
        for record in records.as_numpy_iterator():
            wrong = check(record, manifest)
            if wrong:
                yield f"{path}, record {count}: {wrong}"
            count += 1
    except (OSError, tf.errors.OpError) as error:
        yield f"{path}, record {count}: {reason(error)}"
    if count != shard.records:
        yield f"{path}: {count} records where the manifest says {shard.records}"


def _check_image(record: dict[str, Any], manifest: Manifest) -> str:
    """What is wrong with an image record; empty if nothing is."""
    data = np.frombuffer(record["image/encoded"], np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if image is None:
        return "the picture cannot be decoded"
    said = (int(record["image/height"]), int(record["image/width"]))
    if image.shape[:2] != said:
        return f"the picture is {image.shape[:2]}, the record says {said}"
    if min(said) != manifest.size:
        return f"the shorter side is {min(said)}, the manifest says {manifest.size}"
    return ""


def _check_mask(record: dict[str, Any], manifest: Manifest) -> str:
    """What is wrong with a mask record; empty if nothing is."""
    data = np.frombuffer(record["mask/encoded"], np.uint8)
    mask = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    if mask is None:
        return "the mask cannot be decoded"
    side = manifest.mask_size
    if mask.shape != (side, side):
        return f"the mask is {mask.shape}, the manifest says {(side, side)}"
    area, said = cv2.countNonZero(mask) / mask.size, float(record["mask/area"])
    if abs(area - said) > _ROUNDING:
        return f"the hole covers {area:.4f}, the record says {said:.4f}"
    least, most = hole_limits(manifest.settings["hole_area"])
    if not least - _ROUNDING <= area <= most + _ROUNDING:
        return f"the hole covers {area:.4f}, outside --hole_area={least},{most}"
    return ""
