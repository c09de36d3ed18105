"""The first reading of every file: what can be read at all, and its content's hash."""

from collections.abc import Callable
from typing import Any

from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import Reference, UnusableError
from tfrecords_builder.holes.holes import read_silhouettes
from tfrecords_builder.photos.images import digest_of

# Files of one scan job.
CHUNK = 1000
# A label image without an object is no bad file; it only has nothing to give.
NO_SILHOUETTE = "no silhouette: nothing, specks, or all of it"


def scan(
    config: BuildConfig, name: str, plan: dict[str, Any], count: Callable[[int], None]
) -> dict[str, Any]:
    """Hashes the files of one plan; of label images it also looks for silhouettes.

    Args:
        plan: `references`: [path, name, offset, feature, split] each; `labels`: whether
            they are label images.

    Returns:
        `digests`: one a file, "" where it is `skipped`: file and reason.
    """
    digests, skipped = [], []
    for fields in plan["references"]:
        reference = Reference(*fields[:-1])
        try:
            data = reference.read()
            if plan["labels"] and not read_silhouettes(reference):
                raise UnusableError(NO_SILHOUETTE)
            digests.append(digest_of(data))
        except UnusableError as error:
            skipped.append({"file": reference.path, "reason": str(error)})
            digests.append("")
        count(1)
    return {"digests": digests, "skipped": skipped}
