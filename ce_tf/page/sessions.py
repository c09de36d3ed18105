"""What the server keeps of each user's work: the photo, and the way back."""

import collections
import dataclasses
import shutil
import tempfile
import threading
import time
from pathlib import Path

import cv2
import numpy as np

from ce_tf.erasing.eraser import Eraser
from ce_tf.errors import InputError
from ce_tf.images.photo import Photo
from ce_tf.page.editor import correct_mask, scale_mask, shown_size

# Steps back that are kept.
_STEPS = 50


@dataclasses.dataclass
class Session:
    """One photo in the hands of one user.

    Attributes:
        name: of the file it came in.
        original: as it came.
        photo: as it is now.
        folder: where files for this user lie; on the disk, until `close`.
        steps: for each erasing, what it covered: rows, columns, pixels before.
        mask: bool [H, W], what was proposed or sent as hole.
        shown: the same as the editor shows it.
    """

    name: str
    original: Photo
    folder: Path
    steps: collections.deque = dataclasses.field(
        default_factory=lambda: collections.deque(maxlen=_STEPS)
    )

    def __post_init__(self):
        self.photo = self.original
        self.size = self.photo.pixels.shape[:2]
        self.lock = threading.Lock()
        self.set_mask(np.zeros(self.size, bool))

    @property
    def nbytes(self) -> int:
        """Bytes of memory that it takes."""
        arrays = [self.original.pixels, self.mask, self.shown]
        if self.photo is not self.original:
            arrays.append(self.photo.pixels)
        if self.photo.alpha is not None:
            arrays.append(self.photo.alpha)
        return sum(a.nbytes for a in (*arrays, *(step[2] for step in self.steps)))

    def set_mask(self, mask: np.ndarray) -> None:
        """Takes bool [H, W] as the mask that the brush will correct."""
        self.mask, self.shown = mask, scale_mask(mask, shown_size(*self.size))

    def read_mask(self, painted: np.ndarray) -> np.ndarray:
        """The hole, uint8 [H, W], of what is painted in the editor.

        Raises:
            InputError: nothing is painted.
        """
        hole = correct_mask(self.mask, self.shown, painted)
        if not hole.any():
            raise InputError("nothing is painted. Rub over what should go first.")
        return hole.astype(np.uint8)

    def erase(self, eraser: Eraser, hole: np.ndarray, **options) -> None:
        """Erases as `Eraser.erase` does, and remembers the way back."""
        with self.lock:
            image, before = self.photo.image, self.photo.pixels
            completed = eraser.erase(image, hole, **options)
            self.photo = self.photo.with_image(completed)
            changed = (completed != image).any(-1).view(np.uint8)
            left, top, width, height = cv2.boundingRect(changed)
            rows, columns = slice(top, top + height), slice(left, left + width)
            self.steps.append((rows, columns, before[rows, columns].copy()))
            self.set_mask(np.zeros(self.size, bool))

    def step_back(self) -> None:
        """Takes the last erasing back.

        Raises:
            InputError: there is none.
        """
        with self.lock:
            if not self.steps:
                raise InputError("this is the photo as it came: no step to take back.")
            rows, columns, before = self.steps.pop()
            pixels = self.photo.pixels.copy()
            pixels[rows, columns] = before
            self.photo = dataclasses.replace(self.photo, pixels=pixels)
            self.set_mask(np.zeros(self.size, bool))

    def close(self) -> None:
        """Deletes its files."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Sessions:
    """The sessions of all users, in bounded memory.

    Args:
        megabytes: beyond it the sessions longest unused are forgotten.
        idle: seconds after which an unused one is.
        folder: where their files lie.
    """

    def __init__(self, megabytes: int, folder: Path, idle: float = 3600):
        self.megabytes, self._folder, self._idle = megabytes, folder, idle
        self._lock = threading.Lock()
        self._sessions: collections.OrderedDict[str, Session] = (
            collections.OrderedDict()
        )
        self._used: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, key: str, name: str, photo: Photo) -> Session:
        """Starts a user's work on a photo, in place of what they had."""
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        self.close(key)
        with self._lock:
            self._sessions[key] = Session(name, photo, folder)
            self._used[key] = time.monotonic()
        self._forget(keep=key)
        return self._sessions[key]

    def get(self, key: str) -> Session:
        """A user's work.

        Raises:
            InputError: there is none, or it was forgotten.
        """
        self._forget(keep=key)
        with self._lock:
            if key not in self._sessions:
                raise InputError(
                    "there is no photo. Open one first (a photo long unused is "
                    "forgotten by the server)."
                )
            self._sessions.move_to_end(key)
            self._used[key] = time.monotonic()
            return self._sessions[key]

    def close(self, key: str) -> None:
        """Forgets a user's work, if there is any."""
        with self._lock:
            session = self._sessions.pop(key, None)
            self._used.pop(key, None)
        if session:
            session.close()

    def _forget(self, keep: str) -> None:
        with self._lock:
            total = sum(session.nbytes for session in self._sessions.values())
            limit = self.megabytes * 1_000_000
            oldest = time.monotonic() - self._idle
            gone = []
            for key, session in self._sessions.items():
                if key != keep and (total > limit or self._used[key] < oldest):
                    total -= session.nbytes
                    gone.append(key)
        for key in gone:
            self.close(key)
