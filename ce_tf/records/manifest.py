"""`manifest.json`: what lies in a folder of shards. A reader checks it first."""

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable
from typing import Any

from ce_tf.errors import InputError
from ce_tf.files import open_binary, read_file, write_bytes

SCHEMA = 1
FILE_NAME = "manifest.json"


@dataclasses.dataclass(frozen=True)
class Shard:
    """One TFRecord file: name in the folder, records, size in bytes, sha256 (hex)."""

    name: str
    records: int
    bytes: int
    sha256: str


@dataclasses.dataclass(frozen=True)
class Split:
    """The shards of one split: pictures, and the holes that may meet any of them."""

    images: tuple[Shard, ...]
    masks: tuple[Shard, ...]


@dataclasses.dataclass(frozen=True)
class Manifest:
    """What a build wrote.

    Attributes:
        splits: `train` and `val`.
        size: shorter side of every picture, in pixels.
        mask_size: side of every mask, in pixels; they are square.
        mean_color: mean R, G, B of the train pictures, 0 to 255.
        settings: every flag that decides what is written, seed included.
        skipped: `{"file": ..., "reason": ...}` for each file that was left out.
        duplicates: `{"file": ..., "name": ..., "same_as": ...}` for each photo that
            repeats another's bytes; it was packed once.
        holes: masks of each kind (`kinds`), masks by area in steps of 0.01 (`areas`),
            and how many times likelier the most often filled part of the picture is
            than the least often filled (`heat_max_to_min`).
        schema: version of this format.
    """

    splits: dict[str, Split]
    size: int
    mask_size: int
    mean_color: tuple[float, float, float]
    settings: dict[str, Any]
    skipped: tuple[dict[str, str], ...] = ()
    duplicates: tuple[dict[str, str], ...] = ()
    holes: dict[str, Any] = dataclasses.field(default_factory=dict)
    schema: int = SCHEMA

    @property
    def lossless(self) -> bool:
        """Whether pictures are stored as PNG, not JPEG."""
        return self.settings["lossless"]


def write_manifest(folder: str, manifest: Manifest) -> None:
    """Writes `manifest.json` into `folder`, whole or not at all."""
    text = json.dumps(dataclasses.asdict(manifest), indent=1, sort_keys=True)
    write_bytes(os.path.join(folder, FILE_NAME), f"{text}\n".encode())


def shard_paths(folder: str, shards: Iterable[Shard]) -> list[str]:
    """Where some shards of `folder` lie."""
    return [os.path.join(folder, shard.name) for shard in shards]


def hash_file(path: str) -> str:
    """The sha256, hex, of a file, read in pieces."""
    digest = hashlib.sha256()
    with open_binary(path) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def read_manifest(folder: str) -> Manifest:
    """Reads `folder/manifest.json` and checks that its shards are there.

    Raises:
        InputError: there is no manifest, it is of another schema, or a shard is
            missing or of another size than the manifest says.
    """
    path = os.path.join(folder, FILE_NAME)
    try:
        text = read_file(path)
    except OSError:
        raise InputError(
            f"{folder} holds no {FILE_NAME}, so it is no folder of finished shards. "
            "`python -m tfrecords_builder --out=DIR` makes one; run it again if it "
            "was interrupted."
        ) from None
    try:
        fields = json.loads(text)
        if fields["schema"] != SCHEMA:
            raise InputError(
                f"{path} is of schema {fields['schema']}; this version reads schema "
                f"{SCHEMA}. Build the shards again."
            )
        fields["splits"] = {
            name: Split(*(_shards(split[kind]) for kind in ("images", "masks")))
            for name, split in fields["splits"].items()
        }
        fields["mean_color"] = tuple(fields["mean_color"])
        fields["skipped"] = tuple(fields["skipped"])
        fields["duplicates"] = tuple(fields["duplicates"])
        manifest = Manifest(**fields)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is damaged ({type(error).__name__}: {error}). "
            "Build the shards again."
        ) from None
    for split in manifest.splits.values():
        for shard in (*split.images, *split.masks):
            _check(folder, shard)
    return manifest


def _shards(entries: list[dict[str, Any]]) -> tuple[Shard, ...]:
    return tuple(Shard(**entry) for entry in entries)


def _check(folder: str, shard: Shard) -> None:
    import tensorflow as tf

    path = os.path.join(folder, shard.name)
    if not tf.io.gfile.exists(path):
        raise InputError(f"{path} is missing, but {FILE_NAME} lists it. Build again.")
    found = tf.io.gfile.stat(path).length
    if found != shard.bytes:
        raise InputError(
            f"{path} has {found} bytes where {FILE_NAME} says {shard.bytes}: it was "
            "changed or cut short. Build the shards again."
        )
