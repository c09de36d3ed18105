"""One photo's work: photo and hole are read, the hole is filled, the result written."""

import dataclasses
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ce_tf.erasing.batch import PIPE, Job
from ce_tf.erasing.blending import grow_hole
from ce_tf.erasing.config import EraseConfig
from ce_tf.erasing.eraser import Eraser, check_pair
from ce_tf.erasing.grabcut import parse_box, select_object
from ce_tf.errors import InputError
from ce_tf.files import read_bytes
from ce_tf.images.mask import decode_mask
from ce_tf.images.photo import (
    Photo,
    check_format,
    decode_photo,
    encode_kept,
    write_photo,
)

# Of a box's longer side: how far the object found in it is grown by default.
_BOX_GROWTH = 0.02
# Share of a photo above which a hole is seldom meant.
_MOST = 0.6


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of one photo of many.

    Attributes:
        photo: its file.
        notes: what is to be said of it.
        error: why there is no result; empty where there is one.
    """

    photo: Path
    notes: tuple[str, ...] = ()
    error: str = ""


@dataclasses.dataclass(frozen=True)
class Erasing:
    """One photo of many, as a job of `ce_tf.jobs`; any fault is one bad photo.

    Attributes:
        job: what is erased from what.
        config: the command's.
        threads: that the network computes with.
    """

    job: Job
    config: EraseConfig
    threads: int

    def run(self, count: Callable[[int], None]) -> Outcome:
        """Erases and writes."""
        try:
            return Outcome(self.job.photo, tuple(self._erase()))
        except InputError as error:
            return Outcome(self.job.photo, error=str(error))
        except Exception as error:  # a fault of ours is one bad photo too
            return Outcome(self.job.photo, error=f"{type(error).__name__}: {error}")
        finally:
            count(1)

    def _erase(self) -> list[str]:
        for path in filter(None, (self.job.out, self.job.saved_mask)):
            path.parent.mkdir(parents=True, exist_ok=True)
        eraser = open_eraser(self.config.model, self.threads)
        pair = load_pair(self.job, self.config)
        lines = erase_photo(eraser, self.job, *pair, self.config)
        return lines[1:]  # a thousand photos need no thousand "wrote"


_thread = threading.local()


def open_eraser(model: str | None, threads: int) -> Eraser:
    """The eraser of this thread, loaded once."""
    if getattr(_thread, "key", None) != (model, threads):
        _thread.eraser = Eraser(model, threads)
        _thread.key = model, threads
    return _thread.eraser


def load_pair(job: Job, config: EraseConfig) -> tuple[Photo, np.ndarray]:
    """Reads photo and hole, and checks that the result can be written."""
    limit = config.megapixels * 1_000_000
    data = _read(job.photo, "photo")
    photo = decode_photo(data, f"photo {job.photo}", limit)
    if config.box:
        hole = select_object(photo.image, parse_box(config.box))
    elif config.alpha:
        if photo.alpha is None:
            raise InputError(f"photo {job.photo} has no alpha channel for --alpha.")
        hole = (photo.alpha < photo.alpha.max()).astype("uint8")
        photo = photo.opaque_in(hole > 0)
    else:
        encoded = _read(job.mask, "mask")
        if encoded == data:
            raise InputError(f"--mask={job.mask} is the photo itself. Give its mask.")
        hole = decode_mask(encoded, f"mask {job.mask}", limit)
    if config.invert:
        hole = 1 - hole
    check_pair(photo.image, hole)
    if job.out != PIPE:
        check_format(job.out, photo)
    return photo, hole


def erase_photo(
    eraser: Eraser,
    job: Job,
    photo: Photo,
    hole: np.ndarray,
    config: EraseConfig,
) -> list[str]:
    """Erases and writes; returns what is to be said of it."""
    grow, share = growth(config), float(hole.mean())
    completed = eraser.erase(
        photo.image, hole, grow=grow, feather=config.feather, detail=config.detail
    )
    result = photo.with_image(completed)
    if job.out == PIPE:
        data, lost = encode_kept(result, photo.suffix)
        sys.stdout.buffer.write(data)
    else:
        lost = write_photo(job.out, result)
    if job.saved_mask is not None:
        write_photo(job.saved_mask, Photo(grow_hole(hole, grow) * 255))
    lines = [f"wrote {job.out}, {share:.1%} of the photo erased"]
    if share > _MOST:
        lines.append(
            f"warning: {share:.0%} of the photo was hole. Is the mask inverted "
            "(--invert)? Is it a cut-out (--alpha)?"
        )
    if lost:
        lines.append(f"note: metadata left out: {', '.join(lost)}")
    return lines


def _read(path: object, what: str) -> bytes:
    """The bytes of a file, or of standard input."""
    if path != PIPE:
        return read_bytes(str(path), what)
    data = sys.stdin.buffer.read()
    if not data:
        raise InputError(f"{what} -: standard input is empty (0 bytes).")
    return data


def growth(config: EraseConfig) -> int:
    """Pixels by which a hole grows."""
    if config.grow is not None or not config.box:
        return config.grow or 0
    return round(_BOX_GROWTH * max(parse_box(config.box)[2:])) + 1
