"""What a build tells its user at the end."""

import collections

from ce_tf.records.manifest import Manifest


def print_summary(manifest: Manifest, folder: str) -> None:
    """Prints a table of the splits, and what was left out and why."""
    print(f"{'':8}{'photos':>12}{'masks':>12}{'shards':>10}{'MB':>10}")
    for name, split in manifest.splits.items():
        shards = (*split.images, *split.masks)
        pictures = sum(shard.records for shard in split.images)
        masks = sum(shard.records for shard in split.masks)
        size = sum(shard.bytes for shard in shards) / 1e6
        print(f"{name:8}{pictures:>12,}{masks:>12,}{len(shards):>10,}{size:>10,.1f}")
    if manifest.duplicates:
        print(f"{len(manifest.duplicates):,} exact duplicates were packed once.")
    if manifest.skipped:
        count = f"{len(manifest.skipped):,}"
        print(f"{count} files were skipped: {reasons(manifest.skipped)}.")
    print(f"Written to {folder}; manifest.json names every shard and skipped file.")


def reasons(skipped: list[dict[str, str]] | tuple[dict[str, str], ...]) -> str:
    """`12 truncated or damaged (first: a.jpg), 3 empty file (first: b.jpg)`."""
    firsts: dict[str, str] = {}
    counts = collections.Counter(entry["reason"] for entry in skipped)
    for entry in skipped:
        firsts.setdefault(entry["reason"], entry["file"])
    return ", ".join(
        f"{count} {reason} (first: {firsts[reason]})"
        for reason, count in counts.most_common()
    )
