"""What goes where: from the found files to one plan for each shard."""

import itertools
import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ce_tf.errors import InputError
from ce_tf.records import schema
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import Reference, UnusableError
from tfrecords_builder.holes.statistics import HoleStatistics
from tfrecords_builder.jobs.index import Index, lowest_hashes
from tfrecords_builder.jobs.jobs import Job
from tfrecords_builder.jobs.scanning import CHUNK
from tfrecords_builder.jobs.shards import draw_record, shard_name
from tfrecords_builder.photos.images import pack_photo

SPLITS = ("train", "val")
# Val gets so many times fewer masks.
_VAL_MASKS = 10
# So many photos or masks are made once more to foretell a record's size.
_SAMPLE = 12
_MB = 1_000_000


def plan_scans(
    found: Iterable[tuple[Reference, str]], kind: str, config: BuildConfig
) -> Iterator[tuple[Job, int]]:
    """Yields jobs that read the found files, `kind` photo or label, and their counts.

    Few files are in memory at a time.
    """
    chunk: list[list[Any]] = []
    number = 0
    for reference, split in found:
        chunk.append([*reference, split])
        if len(chunk) == CHUNK:
            yield _scan_job(chunk, kind, number, config)
            chunk, number = [], number + 1
    if chunk:
        yield _scan_job(chunk, kind, number, config)


def _scan_job(
    chunk: list[list[Any]], kind: str, number: int, config: BuildConfig
) -> tuple[Job, int]:
    job = Job("scan", f"scan-{kind}-{number:05d}", config)
    job.plan({"references": chunk, "labels": kind == "label"})
    return job, len(chunk)


def split_point(index: Index, val_share: float) -> int:
    """How many photos, lowest hash first, are val: at least one is, and one is not.

    Raises:
        InputError: there are fewer than two different photos.
    """
    total = index.count()
    if total < 2:
        raise InputError(
            f"{total} different readable photo{'s were' if total != 1 else ' was'} "
            "found: at least two are needed, one to train and one to validate with."
        )
    return min(max(index.count_below(val_share), 1), total - 1)


class Planned(NamedTuple):
    """A shard's job, the digest of its plan, its split, and how much is in it."""

    job: Job
    digest: str
    split: str
    amount: int


def plan_images(index: Index, config: BuildConfig) -> Iterator[Planned]:
    """Yields the job of every image shard."""
    border, total = split_point(index, config.val_share), index.count()
    record = _photo_bytes(index, total, config)
    for split, start, stop in (("train", border, total), ("val", 0, border)):
        cuts = _cuts(stop - start, record, config)
        for number, (first, last) in enumerate(cuts):
            name = shard_name(split, "images", number, len(cuts))
            job = Job("images", name, config)
            rows = index.rows(start + first, start + last)
            yield Planned(job, job.plan({"rows": rows}), split, len(rows))


def plan_masks(
    labels: dict[str, list[list[Any]]], config: BuildConfig
) -> Iterator[Planned]:
    """Yields the job of every mask shard.

    Args:
        labels: split -> [path, name, offset, feature] of its label images.
    """
    for number, split in enumerate(SPLITS):
        count = config.num_masks
        if split == "val":
            count = math.ceil(count / _VAL_MASKS)
        seed = [config.seed, number]
        record = _mask_bytes(seed, labels[split], config)
        cuts = _cuts(count, record, config)
        for position, (start, stop) in enumerate(cuts):
            job = Job("masks", shard_name(split, "masks", position, len(cuts)), config)
            plan = {"seed": seed, "start": start, "stop": stop}
            digest = job.plan({**plan, "labels": labels[split]})
            yield Planned(job, digest, split, stop - start)


def split_labels(index: Index, config: BuildConfig) -> dict[str, list[list[Any]]]:
    """Split -> [path, name, offset, feature] of its label images.

    VOC's lists decide; where none does, the content's hash as with photos.

    Raises:
        InputError: silhouettes are asked for and a split has no label image.
    """
    limit = lowest_hashes(config.val_share)
    labels: dict[str, list[list[Any]]] = {split: [] for split in SPLITS}
    for digest, *fields, split in index.rows(0, index.count()):
        own = split or ("val" if digest < limit else "train")
        labels[own].append(fields)
    for empty, other in (SPLITS, SPLITS[::-1]):
        # Too few for the hash to serve both: one moves.
        if not labels[empty] and len(labels[other]) > 1:
            labels[empty].append(labels[other].pop(0 if empty == "val" else -1))
    if "silhouette" in config.hole_shares and not all(labels.values()):
        raise InputError(
            "silhouettes need at least two different label images that hold an object, "
            f"one to train and one to validate with; {index.count()} was found. See "
            "--voc_dir, --voc and --labels."
        )
    return labels


def _cuts(count: int, record: float, config: BuildConfig) -> list[tuple[int, int]]:
    """(start, stop) of each shard of `count` records (or photos) of `record` bytes."""
    wanted = round(count * record / (config.shard_mb * _MB))
    shards = min(max(wanted, config.min_shards), count)
    edges = [count * shard // shards for shard in range(shards + 1)]
    return list(itertools.pairwise(edges))


def _photo_bytes(index: Index, total: int, config: BuildConfig) -> float:
    """Bytes that a photo takes in a shard, from a sample."""
    sizes = []
    # Few of few: there the least number of shards decides.
    sample = min(_SAMPLE, 1 + total // 100)
    for row in range(0, total, -(-total // sample)):
        (digest, *fields, _) = index.rows(row, row + 1)[0]
        try:
            pictures = pack_photo(Reference(*fields).read(), digest, config)
        except UnusableError:
            continue  # the shard's job will say so
        sizes.append(sum(_packed_bytes(picture, fields[1]) for picture in pictures))
    return sum(sizes) / max(len(sizes), 1)


def _packed_bytes(picture: Any, name: str) -> int:
    size = (picture.height, picture.width)
    return len(schema.serialize_image(picture.encoded, name, *size)) + 16


def _mask_bytes(seed: list[int], labels: list[list[Any]], config: BuildConfig) -> float:
    references = [Reference(*fields) for fields in labels]
    sizes = [
        len(draw_record(config, [*seed, position], references, HoleStatistics())) + 16
        for position in range(min(_SAMPLE, config.num_masks))
    ]
    return sum(sizes) / len(sizes)
