"""The flags of `python -m ce_tf.erase`."""

import dataclasses

from ce_tf.command_line import flag
from ce_tf.jobs import LOCAL


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
        help="SavedModel folder or .tflite file that export.py wrote; or "
        "`pretrained`, which ships with the package and is meant without it.",
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
        1.0,
        help="How much texture of the surroundings the fill gets, and of edges that go "
        "on in it; 0 is none.",
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
    workers: int = flag(
        0,
        help="Of a folder: photos erased at once; 0 is one a CPU core, of a SavedModel "
        "one, as TensorFlow takes all cores for it. The bytes are the same.",
    )
    runner: str = flag(
        LOCAL,
        help="`local`, or an Apache Beam runner: DirectRunner, DataflowRunner, ...; "
        "needs the extra `beam`, and photos, masks and --out on a disk that every "
        "worker reaches.",
    )
    beam_args: tuple[str, ...] = flag(
        (), help="An option for the Beam runner, --region=... say. Repeat for several."
    )
    failed: str | None = flag(
        None,
        help="Of a folder: file for the list of the photos that failed, a line each: "
        "the photo, a tab, why.",
    )
