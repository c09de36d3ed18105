"""Which photo is erased by which mask and goes where: one, or a folder of them."""

import dataclasses
from pathlib import Path

from ce_tf.errors import InputError
from ce_tf.images.photo import FORMATS, check_suffix


@dataclasses.dataclass(frozen=True)
class Job:
    """One photo to erase from.

    Attributes:
        photo: its file.
        mask: the mask's file, or None where the hole comes from elsewhere.
        out: where the result goes.
    """

    photo: Path
    mask: Path | None
    out: Path


def plan_jobs(
    photo: str, mask: str | None, out: str, overwrite: bool
) -> tuple[list[Job], list[str]]:
    """The work, checked as far as it can be without reading any picture.

    Args:
        photo: a file, or a folder of photos (those directly in it).
        mask: a file for all, a folder with a file of each photo's name (the ending may
            differ), or None.
        out: a file, or a folder where `photo` is one; made where it is missing.
        overwrite: whether results may replace photos.

    Returns:
        The jobs by name, and one line on each photo of a folder that has no mask.

    Raises:
        InputError: something is missing, or a result would replace an input.
    """
    source, target = Path(photo), Path(out)
    if not source.is_dir():
        if mask is not None and Path(mask).is_dir():
            raise InputError(f"--mask={mask} is a folder; give one mask for one photo.")
        check_suffix(target)
        if not target.parent.is_dir():
            raise InputError(f"--out={out}: there is no folder {target.parent}.")
        job = Job(source, None if mask is None else Path(mask), target)
        _check_place(job, overwrite)
        return [job], []
    if target.exists() and not target.is_dir():
        raise InputError(
            f"--out={out} is a file; for a folder of photos give a folder."
        )
    if not target.exists() and not target.parent.is_dir():
        raise InputError(f"--out={out}: there is no folder {target.parent}.")
    photos = sorted(path for path in source.iterdir() if path.suffix.lower() in FORMATS)
    if not photos:
        raise InputError(f"{photo} holds no photos ({', '.join(FORMATS)}).")
    jobs, errors = [], []
    for path in photos:
        try:
            job = Job(path, _find_mask(path, mask), target / path.name)
        except InputError as error:
            errors.append(str(error))
            continue
        _check_place(job, overwrite)
        jobs.append(job)
    return jobs, errors


def _find_mask(photo: Path, mask: str | None) -> Path | None:
    if mask is None or not Path(mask).is_dir():
        return None if mask is None else Path(mask)
    names = [photo.name, *(photo.stem + suffix for suffix in FORMATS)]
    for name in names:
        if (Path(mask) / name).is_file():
            return Path(mask) / name
    raise InputError(f"photo {photo}: {mask} has no mask named {photo.stem}.")


def _check_place(job: Job, overwrite: bool) -> None:
    if not job.out.exists():
        return
    if job.mask is not None and job.mask.exists() and job.out.samefile(job.mask):
        raise InputError(f"--out={job.out} is the mask itself. Give another name.")
    if not overwrite and job.photo.exists() and job.out.samefile(job.photo):
        raise InputError(
            f"--out={job.out} is the photo itself. Give another name, or --overwrite."
        )
