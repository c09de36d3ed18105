"""Which photo is erased by which mask and goes where: one, several, or folders."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ce_tf.erasing.pairing import MaskFolder
from ce_tf.errors import InputError
from ce_tf.images.folder import list_photos
from ce_tf.images.photo import FORMATS, READABLE, check_suffix

# A result in a format that is read but not written.
_WRITTEN = ".jpg"
# As a path: standard input, and standard output.
PIPE = Path("-")


@dataclasses.dataclass(frozen=True)
class Job:
    """One photo to erase from.

    Attributes:
        photo: its file.
        mask: the mask's file, or None where the hole comes from elsewhere.
        out: where the result goes.
        saved_mask: where the hole goes that was erased, or None.
    """

    photo: Path
    mask: Path | None
    out: Path
    saved_mask: Path | None = None


class Failure(NamedTuple):
    """A photo that could not be worked on, and why, in a line."""

    photo: Path
    reason: str


@dataclasses.dataclass
class Plan:
    """The work of one command.

    Attributes:
        jobs: in the order of the photos' names.
        failures: photos that cannot be worked on.
        passed_over: what folders hold beside photos, in words.
        done: how many results are there already.
    """

    jobs: list[Job] = dataclasses.field(default_factory=list)
    failures: list[Failure] = dataclasses.field(default_factory=list)
    passed_over: str = ""
    done: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for; fields as the flags of `python -m ce_tf.erase`."""

    photos: Sequence[str]
    out: str
    mask: str | None = None
    save_mask: str | None = None
    failed: str | None = None
    overwrite: bool = False
    recursive: bool = False
    skip_done: bool = False

    @property
    def many(self) -> bool:
        """Whether results go into a folder."""
        return len(self.photos) > 1 or Path(self.photos[0]).is_dir()


def plan_jobs(request: Request) -> Plan:
    """The work, checked as far as it can be without reading any picture.

    Raises:
        InputError: something is missing, or a result would replace an input.
    """
    if request.many:
        if request.failed is not None:
            _check_parent("failed", Path(request.failed))
        return _plan_many(request)
    if request.failed is not None:
        raise InputError("--failed goes with several photos, or a folder of them.")
    photo, out = Path(request.photos[0]), Path(request.out)
    mask = None if request.mask is None else Path(request.mask)
    if mask is not None and mask.is_dir():
        mask = _find_mask(photo, {mask: MaskFolder(mask)}, mask)
    if photo == mask == PIPE:
        raise InputError("photo and --mask cannot both be standard input (-).")
    if out != PIPE:
        check_suffix(out)
        _check_parent("out", out)
    saved = None
    if request.save_mask is not None:
        saved = Path(request.save_mask)
        if saved.suffix.lower() != ".png":
            raise InputError(f"--save_mask={saved}: give the name of a .png.")
        _check_parent("save_mask", saved)
    job = Job(photo, mask, out, saved)
    _check_places(job, request.overwrite)
    done = request.skip_done and out.is_file()
    return Plan(jobs=[] if done else [job], done=int(done))


def _plan_many(request: Request) -> Plan:
    plan, out = Plan(), Path(request.out)
    folders = [out] if request.save_mask is None else [out, Path(request.save_mask)]
    for name, folder in zip(("out", "save_mask"), folders, strict=False):
        if folder.exists() and not folder.is_dir():
            raise InputError(
                f"--{name}={folder} is a file; for several photos give a folder."
            )
        if not folder.exists():
            _check_parent(name, folder)
    photos = _find_photos(request, plan)
    masks: dict[Path, MaskFolder] = {}
    found = [_find(photo, base, request.mask, masks) for photo, base in photos]
    used = {mask.resolve() for mask in found if mask is not None}
    taken: set[Path] = set()
    for (photo, base), mask in zip(photos, found, strict=True):
        if photo.resolve() in used:
            continue  # a mask, no photo
        if request.mask is not None and mask is None:
            reason = f"{request.mask} has no mask of its name."
            plan.failures.append(Failure(photo, reason))
            continue
        place = photo.relative_to(base)
        writable = photo.suffix.lower() in FORMATS
        name = photo.name if writable else photo.name + _WRITTEN
        result = out / place.with_name(name)
        if result in taken:
            reason = f"another photo's result is {result} already."
            plan.failures.append(Failure(photo, reason))
            continue
        taken.add(result)
        saved = None
        if request.save_mask is not None:
            saved = Path(request.save_mask) / place.with_suffix(".png")
            if saved in taken:  # a.jpg and a.png
                saved = saved.with_name(f"{photo.name}.png")
            taken.add(saved)
        job = Job(photo, mask, result, saved)
        _check_places(job, request.overwrite)
        if request.skip_done and result.is_file():
            plan.done += 1
        else:
            plan.jobs.append(job)
    if not plan.jobs and not plan.failures and not plan.done:
        raise InputError(
            f"{', '.join(request.photos)} holds no photos ({', '.join(READABLE)})"
            + (f"; passed over: {plan.passed_over}." if plan.passed_over else ".")
        )
    return plan


def _find_photos(request: Request, plan: Plan) -> list[tuple[Path, Path]]:
    """The photos, each with the folder that its result's place is relative to."""
    found, words = [], []
    for name in request.photos:
        path = Path(name)
        if path == PIPE:
            raise InputError("standard input (-) goes with one photo alone.")
        if path.is_dir():
            listing = list_photos(path, recursive=request.recursive)
            found += [(photo, path) for photo in listing.photos]
            words += [listing.words] if listing.words else []
        else:
            found.append((path, path.parent))
    plan.passed_over = "; ".join(words)
    return found


def _find(
    photo: Path, base: Path, mask: str | None, folders: dict[Path, MaskFolder]
) -> Path | None:
    """The mask of a photo, or None."""
    if mask is None:
        return None
    where = Path(mask)
    if not where.is_dir():
        return where
    below = where / photo.relative_to(base).parent
    if below not in folders:
        if not below.is_dir():
            return None
        folders[below] = MaskFolder(below)
    return folders[below].find(photo)


def _find_mask(photo: Path, folders: dict[Path, MaskFolder], where: Path) -> Path:
    mask = _find(photo, photo.parent, str(where), folders)
    if mask is None:
        raise InputError(f"photo {photo}: --mask={where} has no mask of its name.")
    return mask


def _check_parent(flag: str, path: Path) -> None:
    if not path.parent.is_dir():
        raise InputError(f"--{flag}={path}: there is no folder {path.parent}.")


def _check_places(job: Job, overwrite: bool) -> None:
    """Checks that no result replaces an input that is not meant."""
    for flag, target in (("out", job.out), ("save_mask", job.saved_mask)):
        if target is None or not target.exists():
            continue
        if job.mask is not None and job.mask.exists() and target.samefile(job.mask):
            raise InputError(
                f"--{flag}={target} is the mask itself. Give another name."
            )
        if not job.photo.exists() or not target.samefile(job.photo):
            continue
        if flag == "save_mask" or not overwrite:
            raise InputError(
                f"--{flag}={target} is the photo itself. Give another name"
                + (", or --overwrite." if flag == "out" else ".")
            )
    if job.saved_mask is not None and job.saved_mask.absolute() == job.out.absolute():
        raise InputError(f"--save_mask={job.saved_mask} is --out. Give another name.")
