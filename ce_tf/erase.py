"""Erases what a mask marks from photos: one, several, or all of a folder.

    python -m ce_tf.erase photo.jpg --mask=mask.png --out=result.png
    python -m ce_tf.erase photos --mask=masks --out=results
    python -m ce_tf.erase photo.jpg --box=120,80,200,150 --out=result.jpg
    cat photo.jpg | python -m ce_tf.erase - --mask=mask.png --out=- > result.jpg

The mask has the photo's size; white is the hole: values from 64 of 255 on, and where
there are 0 and just one other, that other. An alpha channel counts only where the file
has nothing else. Outside the hole every pixel stays as it was, to the bit; write a .png
to keep them so, as .jpg is lossy. A folder takes all cores, goes on after a bad file,
lists the bad ones at the end (and in --failed=FILE) and then exits with 1.
"""

import contextlib
import dataclasses
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ce_tf.command_line import run_command
from ce_tf.erasing.config import EraseConfig
from ce_tf.errors import InputError, StoppedError

if TYPE_CHECKING:
    from ce_tf.erasing.batch import Failure, Plan


def main(config: EraseConfig) -> int:
    """Erases; returns the exit status."""
    from ce_tf.erasing.batch import Request, plan_jobs
    from ce_tf.erasing.eraser import Eraser, check_options
    from ce_tf.erasing.work import erase_photo, growth, load_pair

    if not config.photos:
        raise InputError("PHOTOS is missing: give a photo, several, or a folder.")
    if sum(map(bool, (config.mask, config.box, config.alpha))) != 1:
        raise InputError("give one of --mask=PATH, --box=x,y,w,h and --alpha.")
    check_options(growth(config), config.feather, config.detail)
    names = [field.name for field in dataclasses.fields(Request)]
    request = Request(**{name: getattr(config, name) for name in names})
    plan = plan_jobs(request)
    if request.many:
        return _erase_many(plan, config)
    for job in plan.jobs:
        # All that can be wrong is found before the model is loaded.
        pair = load_pair(job, config)
        for line in erase_photo(Eraser(config.model), job, *pair, config):
            print(line, file=sys.stderr if config.out == "-" else sys.stdout)
    if plan.done:
        print(f"{config.out} is there already (--skip_done)")
    return 0


def _erase_many(plan: "Plan", config: EraseConfig) -> int:
    from tqdm import tqdm

    from ce_tf.erasing.batch import Failure
    from ce_tf.erasing.crowd import erase_many

    failures, written = plan.failures, 0
    try:
        with contextlib.closing(erase_many(plan.jobs, config)) as outcomes:
            for outcome in outcomes:
                if outcome.error:
                    failures.append(Failure(outcome.photo, outcome.error))
                    continue
                written += 1
                for note in outcome.notes:
                    tqdm.write(f"{outcome.photo}: {note}")
    except KeyboardInterrupt:
        raise StoppedError(
            f"interrupted: {written} photos are written to {config.out}; the same "
            "command with --skip_done goes on.",
            signal.SIGINT,
        ) from None
    finally:
        failures.sort()
        if config.failed is not None:
            _write_list(config.failed, failures)
    for photo, reason in failures:
        print(f"error: {photo}: {reason}", file=sys.stderr)
    words = [f"wrote {written} photos to {config.out}"]
    words += [f"{plan.done} were there already"] if plan.done else []
    words += [f"{len(failures)} photos failed"]
    words += [f"passed over: {plan.passed_over}"] if plan.passed_over else []
    print("; ".join(words))
    return 1 if failures else 0


def _write_list(path: str, failures: "list[Failure]") -> None:
    from ce_tf.files import write_bytes

    lines = (f"{photo}\t{' '.join(reason.split())}\n" for photo, reason in failures)
    # As the names are, whatever their encoding.
    write_bytes(path, "".join(lines).encode("utf-8", "surrogateescape"))


def run(argv: Sequence[str] | None = None) -> None:
    """Erases with the flags of `argv`, or of the command line."""
    run_command(EraseConfig, main, __doc__, argv)


if __name__ == "__main__":
    run()
