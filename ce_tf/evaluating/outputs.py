"""Pictures that another tool completed, as one more method."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ce_tf.completion.composition import complete
from ce_tf.evaluating.examples import Example
from ce_tf.evaluating.mask_files import find_by_name, require_one_each
from ce_tf.evaluating.methods import Method
from ce_tf.evaluating.photos import find_pictures
from ce_tf.files import read_bytes
from ce_tf.images.codec import decode_image


def open_outputs(given: Sequence[str], photos: Sequence[Path]) -> list[Method]:
    """A method of each folder; all of its files are looked for before any work.

    Of a file only what stands in the hole is taken: JPEG changes the rest too.

    Args:
        given: DIR:NAME each; without a NAME the folder's own.
        photos: that are measured. Each has one file of its name (the endings may
            differ) and of its size in each folder.

    Raises:
        InputError: a folder holds no pictures, a photo has none or several, or one of
            another size.
    """
    return [_open(text, photos) for text in given]


def _open(text: str, photos: Sequence[Path]) -> Method:
    folder, _, name = text.rpartition(":")
    if not folder:
        folder, name = text, Path(text).absolute().name
    paths = find_pictures(folder, "outputs")
    files = require_one_each(
        photos, find_by_name(paths, photos), "picture", f"--outputs={folder}"
    )
    by_photo = dict(zip(map(str, photos), files, strict=True))

    def read(example: Example) -> np.ndarray:
        path = by_photo[example.name]
        output = decode_image(read_bytes(path, "picture"), f"picture {path}")
        return complete(example.image, example.mask, output)

    return Method(name, read, "completed by another tool", folder, timed=False)
