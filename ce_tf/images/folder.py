"""The photos in a folder, and what else lies there."""

import collections
import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

from ce_tf.images.photo import READABLE

# What macOS puts beside each file on other systems' disks: no picture.
COMPANION = "._"


@dataclasses.dataclass(frozen=True)
class Listing:
    """What a folder holds.

    Attributes:
        photos: files with a photo's ending, in order of their paths.
        passed_over: how many others, by their ending, "folders" and "._ files".
    """

    photos: list[Path]
    passed_over: collections.Counter

    @property
    def words(self) -> str:
        """What was passed over: "3 .gif, 2 folders"; empty for nothing."""
        return ", ".join(f"{count} {what}" for what, count in self.passed_over.items())


def list_photos(folder: Path, *, recursive: bool = False) -> Listing:
    """Lists a folder, and with `recursive` all below it."""
    listing = Listing([], collections.Counter())
    for path in _walk(folder, recursive):
        if path.is_dir():
            listing.passed_over["folders"] += 1
        elif path.name.startswith(COMPANION):
            listing.passed_over[f"{COMPANION} files"] += 1
        elif path.suffix.lower() in READABLE:
            listing.photos.append(path)
        else:
            listing.passed_over[path.suffix.lower() or "files without an ending"] += 1
    return listing


def _walk(folder: Path, recursive: bool) -> Iterator[Path]:
    """Files, and folders that are not gone into, in order of their names."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if recursive and entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), recursive)
        else:
            yield Path(entry.path)
