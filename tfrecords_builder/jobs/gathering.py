"""What all finished shards come to, from the receipts of their jobs."""

import dataclasses

from ce_tf.errors import InputError
from ce_tf.records.manifest import Shard, Split
from tfrecords_builder.holes.statistics import HoleStatistics
from tfrecords_builder.jobs.planning import SPLITS, Planned


@dataclasses.dataclass(frozen=True)
class Gathered:
    """What the manifest says of the shards; see ce_tf.records.manifest."""

    splits: dict[str, Split]
    mean_color: tuple[float, float, float]
    skipped: list[dict[str, str]]
    holes: HoleStatistics


def gather(plans: list[Planned]) -> Gathered:
    """Reads the receipts of finished jobs.

    Raises:
        InputError: not one photo of a split could be packed.
    """
    shards: dict[tuple[str, str], list[Shard]] = {}
    color_sum, pixels = [0, 0, 0], 0
    skipped: list[dict[str, str]] = []
    holes = HoleStatistics()
    for planned in plans:
        receipt = planned.job.receipt()
        key = (planned.split, planned.job.kind)
        shards.setdefault(key, []).append(Shard(**receipt["shard"]))
        if planned.job.kind == "masks":
            holes.add_json(receipt["holes"])
            continue
        skipped += receipt["skipped"]
        if planned.split == "train":
            # Whole numbers: no rounding, so the order does not matter.
            both = zip(color_sum, receipt["color_sum"], strict=True)
            color_sum = [one + other for one, other in both]
            pixels += receipt["pixels"]
    for split in SPLITS:
        if not sum(shard.records for shard in shards[split, "images"]):
            raise InputError(
                f"not one photo of the {split} split can be used; the first: "
                f"{skipped[0]['file']}: {skipped[0]['reason']}."
            )
    splits = {
        split: Split(tuple(shards[split, "images"]), tuple(shards[split, "masks"]))
        for split in SPLITS
    }
    red, green, blue = (total / pixels for total in color_sum)
    return Gathered(splits, (red, green, blue), skipped, holes)
