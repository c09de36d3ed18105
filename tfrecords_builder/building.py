"""A build from settings to a folder of shards with its manifest."""

import re
from collections.abc import Iterable
from os.path import join

import tensorflow as tf

from ce_tf.errors import InputError
from ce_tf.files import write_bytes
from ce_tf.images.codec import encode_image
from ce_tf.records.manifest import FILE_NAME, Manifest, write_manifest
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import ADVICE, Reference, read_json, write_json
from tfrecords_builder.holes.labels import find_labels
from tfrecords_builder.holes.statistics import draw_statistics
from tfrecords_builder.jobs import planning
from tfrecords_builder.jobs.gathering import Gathered, gather
from tfrecords_builder.jobs.index import Index
from tfrecords_builder.jobs.jobs import FOLDER
from tfrecords_builder.jobs.planning import Planned
from tfrecords_builder.jobs.scanning import NO_SILHOUETTE
from tfrecords_builder.jobs.workers import BuildWorkers
from tfrecords_builder.photos.sources import find_photos
from tfrecords_builder.preview import draw_preview
from tfrecords_builder.summary import print_summary, reasons
from tfrecords_builder.tfds_metadata import INFO, MASKS, write_metadata

_SETTINGS, _SKIPPED = "settings.json", "skipped.json"
_SHARD = re.compile(r"(train|val)-(images|masks)-\d{5}-of-\d{5}\.tfrecord")


def build(config: BuildConfig) -> Manifest:
    """Builds the shards, or what is missing of them, and writes the manifest.

    A build that was stopped, even by kill -9, goes on where it was. The bytes depend on
    the photos, the label images and `config.settings()` alone.

    Returns:
        The manifest as written.

    Raises:
        InputError: an input cannot be used, --out cannot be written or holds a build
            with other settings, or more than --max_bad of the files are unusable.
    """
    _open_folder(config)
    with BuildWorkers(config) as workers, Index() as photos, Index() as labels:
        found = ((photo, "") for photo in find_photos(config))
        bad_photos = _scan(found, "photo", photos, workers, config)
        bad_labels = []
        if "silhouette" in config.hole_shares:
            bad_labels = _scan(find_labels(config), "label", labels, workers, config)
        for index in (photos, labels):
            index.group()
        plans = [
            *planning.plan_masks(planning.split_labels(labels, config), config),
            *planning.plan_images(photos, config),
        ]
        _run_missing(plans, workers, config)
        duplicates = tuple(photos.duplicates())
        files = photos.count() + len(duplicates) + len(bad_photos)
        images = labels.count() + len(bad_labels)
    gathered = gather(plans)
    bad_photos += gathered.skipped
    skipped = bad_photos + bad_labels
    write_json(join(config.out, FOLDER, _SKIPPED), skipped)
    _check_bad(bad_photos, files, "photos", config)
    _check_bad(bad_labels, images, "label images", config)
    return _finish(gathered, skipped, duplicates, config)


def _open_folder(config: BuildConfig) -> None:
    """Makes --out; refuses one that holds a build with other settings."""
    try:
        tf.io.gfile.makedirs(join(config.out, FOLDER))
    except tf.errors.OpError as error:
        raise InputError(f"--out: cannot make a folder: {error.message}.") from None
    path, settings = join(config.out, FOLDER, _SETTINGS), config.settings()
    before = read_json(path)
    shards = any(_SHARD.fullmatch(name) for name in tf.io.gfile.listdir(config.out))
    if shards and before is not None and before != settings:
        other = [name for name in settings if before.get(name) != settings[name]]
        raise InputError(
            f"--out={config.out} holds a build with another {', '.join(other)}. Give "
            "another --out, or delete that folder to build it anew."
        )
    write_json(path, settings)
    for place in (config.out, join(config.out, FOLDER)):
        for name in tf.io.gfile.glob(join(place, "*.tmp")):
            tf.io.gfile.remove(name)  # of a build that was killed


def _scan(
    found: Iterable[tuple[Reference, str]],
    kind: str,
    index: Index,
    workers: BuildWorkers,
    config: BuildConfig,
) -> list[dict[str, str]]:
    """Reads every file once, into the index; returns those that were skipped."""
    scans = list(planning.plan_scans(found, kind, config))
    jobs = [job for job, _ in scans]
    workers.build(jobs, f"reading {kind}s", sum(count for _, count in scans))
    skipped = []
    for job in jobs:
        receipt = job.receipt()
        references = read_json(job.plan_path)["references"]
        pairs = zip(receipt["digests"], references, strict=True)
        index.add([[digest, *fields] for digest, fields in pairs if digest])
        skipped += receipt["skipped"]
    return skipped


def _run_missing(
    plans: list[Planned], workers: BuildWorkers, config: BuildConfig
) -> None:
    """Runs the jobs whose shard is not there; removes shards of earlier plans."""
    missing = [planned for planned in plans if not _is_done(planned, config)]
    names = {planned.job.name for planned in plans}
    stale = [
        name
        for name in tf.io.gfile.listdir(config.out)
        if _SHARD.fullmatch(name) and name not in names
    ]
    if missing or stale:
        # Until the end of this build the folder holds no finished set of shards.
        for name in [FILE_NAME, INFO, join(MASKS, INFO), *stale]:
            if tf.io.gfile.exists(join(config.out, name)):
                tf.io.gfile.remove(join(config.out, name))
    for kind, title in (("masks", "drawing holes"), ("images", "packing photos")):
        some = [planned for planned in missing if planned.job.kind == kind]
        jobs = [planned.job for planned in some]
        workers.build(jobs, title, sum(planned.amount for planned in some))


def _is_done(planned: Planned, config: BuildConfig) -> bool:
    receipt, path = planned.job.receipt(), join(config.out, planned.job.name)
    if receipt.get("plan") != planned.digest:
        return False
    size = receipt["shard"]["bytes"]
    return tf.io.gfile.exists(path) and tf.io.gfile.stat(path).length == size


def _check_bad(
    skipped: list[dict[str, str]], files: int, what: str, config: BuildConfig
) -> None:
    """Fails when more than --max_bad of the files are unusable."""
    bad = [entry for entry in skipped if entry["reason"] != NO_SILHOUETTE]
    if len(bad) > config.max_bad * files:
        raise InputError(
            f"{len(bad)} of {files} {what} are unusable ({reasons(bad)}), more than "
            f"--max_bad={config.max_bad}. {join(config.out, FOLDER, _SKIPPED)} names "
            "each; the shards are kept, and the same command with a larger --max_bad "
            "accepts them."
        )


def _finish(
    gathered: Gathered,
    skipped: list[dict[str, str]],
    duplicates: tuple[dict[str, str], ...],
    config: BuildConfig,
) -> Manifest:
    """Writes what stands beside the shards: the manifest, two pictures, and TFDS's."""
    manifest = Manifest(
        splits=gathered.splits,
        size=config.size,
        mask_size=config.mask_size,
        mean_color=gathered.mean_color,
        settings=config.settings(),
        skipped=tuple(skipped),
        duplicates=duplicates,
        holes=gathered.holes.summary(),
    )
    train = gathered.splits["train"]
    for name, picture in (
        ("holes.png", draw_statistics(gathered.holes)),
        ("preview.png", draw_preview(config.out, train, config.seed)),
    ):
        write_bytes(join(config.out, name), encode_image(picture, ".png"), ADVICE)
    write_metadata(config.out, manifest)
    write_manifest(config.out, manifest)
    print_summary(manifest, config.out)
    return manifest
