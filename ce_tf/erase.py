"""Erases what a mask marks from photos: one, several, or all of a folder.

    python -m ce_tf.erase photo.jpg --mask=mask.png --out=result.png
    python -m ce_tf.erase photos --mask=masks --out=results
    python -m ce_tf.erase photo.jpg --box=120,80,200,150 --out=result.jpg
    cat photo.jpg | python -m ce_tf.erase - --mask=mask.png --out=- > result.jpg

The mask has the photo's size; white is the hole: values from 64 of 255 on, and where
there are 0 and just one other, that other. An alpha channel counts only where the file
has nothing else. Outside the hole every pixel stays as it was, to the bit; write a .png
to keep them so, as .jpg is lossy. A folder goes on after a bad file, lists the bad ones
at the end and then exits with 1.
"""

import dataclasses
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ce_tf.command_line import flag, run_command
from ce_tf.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from ce_tf.erasing.batch import Job, Plan
    from ce_tf.erasing.eraser import Eraser
    from ce_tf.images.photo import Photo

# Of a box's longer side: how far the object found in it is grown by default.
_BOX_GROWTH = 0.02
# Share of a photo above which a hole is seldom meant.
_MOST = 0.6


@dataclasses.dataclass(frozen=True, kw_only=True)
class EraseConfig:
    """The flags of `python -m ce_tf.erase`."""

    photos: tuple[str, ...] = flag(
        (),
        help="A photo, several, or folders of photos; - is standard input.",
        positional=True,
    )
    out: str = flag(
        help="Where the result goes: .png, .tif, .bmp, .jpg, .webp or .avif, or - for "
        "standard output; a folder for several photos."
    )
    model: str | None = flag(
        None,
        help="SavedModel folder or .tflite file that export.py wrote; or `faithful` or "
        "`vivid`, which ship with the package. Without it, `faithful`.",
    )
    mask: str | None = flag(
        None,
        help="Picture of the photo's size; white (from 64 of 255 on) is the hole. Or a "
        "folder, the photos' own too, with a mask of each photo's name or of "
        "NAME_mask, NAME.mask; one picture for several photos is the mask of all.",
    )
    box: str | None = flag(
        None, help="x,y,w,h in pixels: erases the object found in this box."
    )
    alpha: bool = flag(False, help="Erases where the photo itself is transparent.")
    invert: bool = flag(False, help="Black is the hole, white is kept.")
    grow: int | None = flag(
        None,
        help="Pixels by which the hole is dilated: a drawn mask seldom covers an "
        "object's rim and shadow. Default: 0, with --box 2 % of its longer side.",
    )
    feather: int | None = flag(
        None,
        help="Pixels inside the grown hole over which the photo goes over into the "
        "fill. Default: as many as the hole grew by.",
    )
    detail: float = flag(
        1.0, help="How much texture of the surroundings the fill gets; 0 is none."
    )
    save_mask: str | None = flag(
        None,
        help="Where the hole that was erased, grown, is kept: a .png; a folder for "
        "several photos.",
    )
    overwrite: bool = flag(False, help="Lets the result replace the photo itself.")
    recursive: bool = flag(False, help="Also goes into the folders of a folder.")
    skip_done: bool = flag(False, help="Passes by photos whose result is there.")
    megapixels: int = flag(
        300, help="Photos and masks of more, in millions, are refused unread."
    )


def main(config: EraseConfig) -> int:
    """Erases; returns the exit status."""
    from ce_tf.erasing.batch import Request, plan_jobs
    from ce_tf.erasing.eraser import Eraser, check_options

    if not config.photos:
        raise InputError("PHOTOS is missing: give a photo, several, or a folder.")
    if sum(map(bool, (config.mask, config.box, config.alpha))) != 1:
        raise InputError("give one of --mask=PATH, --box=x,y,w,h and --alpha.")
    check_options(_growth(config), config.feather, config.detail)
    names = [field.name for field in dataclasses.fields(Request)]
    request = Request(**{name: getattr(config, name) for name in names})
    plan = plan_jobs(request)
    if request.many:
        return _erase_many(plan, config)
    for job in plan.jobs:
        # All that can be wrong is found before the model is loaded.
        loaded = _load(job, config)
        for line in _erase(Eraser(config.model), job, *loaded, config):
            print(line, file=sys.stderr if config.out == "-" else sys.stdout)
    if plan.done:
        print(f"{config.out} is there already (--skip_done)")
    return 0


def _erase_many(plan: "Plan", config: EraseConfig) -> int:
    from tqdm import tqdm

    from ce_tf.erasing.eraser import Eraser

    eraser, written = Eraser(config.model), 0
    for job in tqdm(plan.jobs, unit="photo", disable=None):
        try:
            for path in filter(None, (job.out, job.saved_mask)):
                path.parent.mkdir(parents=True, exist_ok=True)
            lines = _erase(eraser, job, *_load(job, config), config)
            written += 1
        except InputError as error:
            plan.errors.append(f"{job.photo}: {error}")
            continue
        except Exception as error:  # a fault of ours is one bad photo too
            plan.errors.append(f"{job.photo}: {type(error).__name__}: {error}")
            continue
        for note in lines[1:]:  # a thousand photos need no thousand "wrote"
            tqdm.write(f"{job.photo}: {note}")
    for line in plan.errors:
        print(f"error: {line}", file=sys.stderr)
    words = [f"wrote {written} photos to {config.out}"]
    words += [f"{plan.done} were there already"] if plan.done else []
    words += [f"{len(plan.errors)} photos failed"]
    words += [f"passed over: {plan.passed_over}"] if plan.passed_over else []
    print("; ".join(words))
    return 1 if plan.errors else 0


def _load(job: "Job", config: EraseConfig) -> tuple["Photo", "np.ndarray"]:
    """Reads photo and hole, and checks that the result can be written."""
    from ce_tf.erasing.batch import PIPE
    from ce_tf.erasing.eraser import check_pair
    from ce_tf.erasing.grabcut import parse_box, select_object
    from ce_tf.images.mask import decode_mask
    from ce_tf.images.photo import check_format, decode_photo

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


def _erase(
    eraser: "Eraser",
    job: "Job",
    photo: "Photo",
    hole: "np.ndarray",
    config: EraseConfig,
) -> list[str]:
    """Erases and writes; returns what is to be said of it."""
    from ce_tf.erasing.batch import PIPE
    from ce_tf.erasing.blending import grow_hole
    from ce_tf.images.photo import Photo, encode_kept, write_photo

    growth, share = _growth(config), float(hole.mean())
    completed = eraser.erase(
        photo.image, hole, grow=growth, feather=config.feather, detail=config.detail
    )
    result = photo.with_image(completed)
    if job.out == PIPE:
        data, lost = encode_kept(result, photo.suffix)
        sys.stdout.buffer.write(data)
    else:
        lost = write_photo(job.out, result)
    if job.saved_mask is not None:
        write_photo(job.saved_mask, Photo(grow_hole(hole, growth) * 255))
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
    from ce_tf.erasing.batch import PIPE
    from ce_tf.files import read_bytes

    if path != PIPE:
        return read_bytes(str(path), what)
    data = sys.stdin.buffer.read()
    if not data:
        raise InputError(f"{what} -: standard input is empty (0 bytes).")
    return data


def _growth(config: EraseConfig) -> int:
    from ce_tf.erasing.grabcut import parse_box

    if config.grow is not None or not config.box:
        return config.grow or 0
    return round(_BOX_GROWTH * max(parse_box(config.box)[2:])) + 1


def run(argv: Sequence[str] | None = None) -> None:
    """Erases with the flags of `argv`, or of the command line."""
    run_command(EraseConfig, main, __doc__, argv)


if __name__ == "__main__":
    run()
