"""Which mask belongs to which photo, by the names of their files."""

import collections
import unicodedata
from pathlib import Path

from ce_tf.images.folder import list_photos

# What a mask's name adds to its photo's.
_MARKS = ("_mask", ".mask", "-mask")


class MaskFolder:
    """The masks in a folder, which may be that of the photos.

    A photo's mask has its name with any picture's ending, or `_mask`, `.mask` or
    `-mask` added: IMG_1.png, IMG_1_mask.png, IMG_1.jpg.png for IMG_1.JPG. Upper and
    lower case are the same, and so are the two encodings of an accent. In the photos'
    own folder the name alone is not enough, and no file is its own mask.

    Args:
        folder: of the masks.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._files: dict[str, list[Path]] = collections.defaultdict(list)
        for path in list_photos(folder).photos:
            self._files[_key(path.stem)].append(path)

    def find(self, photo: Path) -> Path | None:
        """The mask of a photo, or None."""
        own = photo.parent.samefile(self._folder)
        plain = [photo.stem, photo.name]
        marked = [f"{name}{mark}" for name in plain for mark in _MARKS]
        for name in marked if own else [*plain, *marked]:
            others = self._files[_key(name)]
            if own:
                others = [path for path in others if path.name != photo.name]
            if others:
                # Of several the one that is named the most alike.
                return min(
                    others, key=lambda path: (path.name != photo.name, path.name)
                )
        return None


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
