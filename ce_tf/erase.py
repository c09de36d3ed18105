"""Erases what a mask marks from a photo.

    python -m ce_tf.erase --model=run/export/model.tflite photo.jpg \\
        --mask=mask.png --out=result.png

The mask has the photo's size; white (any non-zero value) is the hole, black is kept; an
alpha channel counts only where the file has nothing else. Outside the hole every pixel
stays as it was, to the bit; write a .png to keep them so, as .jpg is lossy.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from ce_tf.doors import flag, open_door
from ce_tf.errors import InputError


@dataclasses.dataclass(frozen=True, kw_only=True)
class EraseConfig:
    """The flags of `python -m ce_tf.erase`."""

    model: str = flag(help="SavedModel folder or .tflite file that export.py wrote.")
    photo: str = flag(help="The photo.", positional=True)
    mask: str = flag(help="Picture of the photo's size; white is the hole.")
    out: str = flag(help="Where the result goes: .png, .tif, .bmp, .jpg or .webp.")


def main(config: EraseConfig) -> None:
    from ce_tf.eraser import Eraser, check_pair
    from ce_tf.images import decode_mask, read_bytes
    from ce_tf.photo import check_format, read_photo, write_photo

    photo = read_photo(config.photo)
    mask = decode_mask(read_bytes(config.mask, "mask"), f"mask {config.mask}")
    check_pair(photo.image, mask)
    check_format(config.out, photo)
    _check_place(config)
    completed = Eraser(config.model).erase(photo.image, mask)
    write_photo(config.out, photo.with_image(completed))
    print(f"wrote {config.out}")


def run(argv: Sequence[str] | None = None) -> None:
    """Erases with the flags of `argv`, or of the command line."""
    open_door(EraseConfig, main, __doc__, argv)


def _check_place(config: EraseConfig) -> None:
    out = Path(config.out)
    if not out.parent.is_dir():
        raise InputError(f"--out={out}: there is no folder {out.parent}.")
    for name in ("photo", "mask"):
        path = Path(getattr(config, name))
        if out.exists() and out.samefile(path):
            raise InputError(f"--out={out} is the {name} itself. Give another name.")


if __name__ == "__main__":
    run()
