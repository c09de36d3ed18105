"""Erases what a mask marks from a photo, or from each photo of a folder.

    python -m ce_tf.erase --model=run/export/model.tflite photo.jpg \\
        --mask=mask.png --out=result.png
    python -m ce_tf.erase --model=... photos --mask=masks --out=results
    python -m ce_tf.erase --model=... photo.jpg --box=120,80,200,150 --out=result.jpg

The mask has the photo's size; white (any non-zero value) is the hole, black is kept; an
alpha channel counts only where the file has nothing else. Outside the hole every pixel
stays as it was, to the bit; write a .png to keep them so, as .jpg is lossy. A folder
goes on after a bad file, lists the bad ones at the end and then exits with 1.
"""

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ce_tf.command_line import flag, run_command
from ce_tf.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from ce_tf.erasing.batch import Job
    from ce_tf.erasing.eraser import Eraser
    from ce_tf.images.photo import Photo

# Of a box's longer side: how far the object found in it is grown by default.
_BOX_GROWTH = 0.02


@dataclasses.dataclass(frozen=True, kw_only=True)
class EraseConfig:
    """The flags of `python -m ce_tf.erase`."""

    photo: str = flag(help="The photo, or a folder of photos.", positional=True)
    out: str = flag(
        help="Where the result goes: .png, .tif, .bmp, .jpg or .webp; a folder for a "
        "folder."
    )
    model: str | None = flag(
        None,
        help="SavedModel folder or .tflite file that export.py wrote; or `faithful` or "
        "`vivid`, which ship with the package. Without it, `faithful`.",
    )
    mask: str | None = flag(
        None,
        help="Picture of the photo's size; white is the hole. Or a folder with a mask "
        "of each photo's name; one picture for a folder is the mask of all.",
    )
    box: str | None = flag(
        None, help="x,y,w,h in pixels: erases the object found in this box."
    )
    alpha: bool = flag(False, help="Erases where the photo itself is transparent.")
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
        help="Where the hole that was erased, grown, is kept: a .png; a folder for a "
        "folder.",
    )
    overwrite: bool = flag(False, help="Lets the result replace the photo itself.")


def main(config: EraseConfig) -> int:
    from ce_tf.erasing.batch import plan_jobs
    from ce_tf.erasing.eraser import Eraser

    if sum(map(bool, (config.mask, config.box, config.alpha))) != 1:
        raise InputError("give one of --mask=PATH, --box=x,y,w,h and --alpha.")
    jobs, errors = plan_jobs(config.photo, config.mask, config.out, config.overwrite)
    if not Path(config.photo).is_dir():
        # All that can be wrong is found before the model is loaded.
        loaded = _load(jobs[0], config)
        _erase(Eraser(config.model), *loaded, config)
        print(f"wrote {config.out}")
        return 0
    from tqdm import tqdm

    eraser = Eraser(config.model)
    for folder in filter(None, (config.out, config.save_mask)):
        Path(folder).mkdir(exist_ok=True)
    for job in tqdm(jobs, unit="photo", disable=None):
        try:
            _erase(eraser, *_load(job, config), config)
        except InputError as error:
            errors.append(f"{job.photo}: {error}")
    for line in errors:
        print(f"error: {line}", file=sys.stderr)
    print(f"wrote to {config.out}; {len(errors)} photos failed")
    return 1 if errors else 0


def _load(job: "Job", config: EraseConfig) -> tuple["Job", "Photo", "np.ndarray"]:
    """Reads photo and hole, and checks that the result can be written."""
    from ce_tf.erasing.eraser import check_options, check_pair
    from ce_tf.erasing.grabcut import parse_box, select_object
    from ce_tf.files import read_bytes
    from ce_tf.images.codec import decode_mask
    from ce_tf.images.photo import check_format, read_photo

    photo = read_photo(job.photo)
    if config.box:
        hole = select_object(photo.image, parse_box(config.box))
    elif config.alpha:
        if photo.alpha is None:
            raise InputError(f"photo {job.photo} has no alpha channel for --alpha.")
        hole = (photo.alpha < photo.alpha.max()).astype("uint8")
        photo = photo.opaque_in(hole > 0)
    else:
        mask = Path(job.mask or "")
        hole = decode_mask(read_bytes(mask, "mask"), f"mask {mask}")
    check_pair(photo.image, hole)
    check_options(_growth(config), config.feather, config.detail)
    check_format(job.out, photo)
    if config.save_mask:
        _mask_path(job, config)
    return job, photo, hole


def _erase(
    eraser: "Eraser",
    job: "Job",
    photo: "Photo",
    hole: "np.ndarray",
    config: EraseConfig,
) -> None:
    from ce_tf.erasing.blending import grow_hole
    from ce_tf.images.photo import Photo, write_photo

    growth = _growth(config)
    completed = eraser.erase(
        photo.image, hole, grow=growth, feather=config.feather, detail=config.detail
    )
    if config.save_mask:
        mask = Photo(grow_hole(hole, growth) * 255)
        write_photo(_mask_path(job, config), mask)
    write_photo(job.out, photo.with_image(completed))


def _growth(config: EraseConfig) -> int:
    from ce_tf.erasing.grabcut import parse_box

    if config.grow is not None or not config.box:
        return config.grow or 0
    return round(_BOX_GROWTH * max(parse_box(config.box)[2:])) + 1


def _mask_path(job: "Job", config: EraseConfig) -> Path:
    path = Path(config.save_mask or "")
    if Path(config.photo).is_dir():
        return path / f"{job.photo.stem}.png"
    if path.suffix.lower() != ".png" or not path.parent.is_dir():
        raise InputError(f"--save_mask={path}: give the name of a .png in a folder.")
    for taken in (job.photo, job.mask, job.out):
        if taken is not None and path.absolute() == taken.absolute():
            raise InputError(f"--save_mask={path} is {taken}. Give another name.")
    return path


def run(argv: Sequence[str] | None = None) -> None:
    """Erases with the flags of `argv`, or of the command line."""
    run_command(EraseConfig, main, __doc__, argv)


if __name__ == "__main__":
    run()
