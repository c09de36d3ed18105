"""The flags of `python -m ce_tf.evaluate`, and which of them go together."""

import dataclasses

from ce_tf.command_line import flag
from ce_tf.errors import InputError

PROTOCOLS = ("records", "center")
DEFAULT_AREA = "0.05,0.25"


@dataclasses.dataclass(frozen=True, kw_only=True)
class EvaluateConfig:
    """The flags of `python -m ce_tf.evaluate`."""

    model: tuple[str, ...] = flag(
        (),
        help="What to measure: a run folder, a .keras file, a SavedModel folder, "
        "a .tflite file, or `pretrained`, which ships with the package. "
        "`eraser`, or `eraser:MODEL`, is not the bare network but all that erasing "
        "does: photos are then measured at their own size, or, beside a bare network, "
        "at that network's. None at all measures the baselines alone.",
    )
    data: str | None = flag(
        None, help="Folder of shards; its val pictures are used, in order."
    )
    images: str | None = flag(
        None, help="In place of --data: a folder of photos (with all below it) or GLOB."
    )
    labels: str | None = flag(
        None,
        help="With --images: folder of label images (PASCAL VOC: palette PNG, 0 is "
        "background); the silhouettes of their objects are the holes.",
    )
    label_list: str | None = flag(
        None,
        help="With --labels: a text file that names the label images to use, one a "
        "line without ending, as VOC's ImageSets/Segmentation/val.txt.",
    )
    hole_area: str | None = flag(
        None,
        help="With --labels: least and largest share of the picture that is hole. "
        f"Default: {DEFAULT_AREA}.",
    )
    masks: str | None = flag(
        None,
        help="With --images: folder of masks, white (from 64 of 255 on) is the hole. "
        "A mask with a photo's name belongs to it; where no name fits, square masks "
        "are taken in order, over and over.",
    )
    outputs: tuple[str, ...] = flag(
        (),
        help="With --images: DIR or DIR:NAME, photos that another tool completed with "
        "the same holes, under the photos' names and of their size; a row of the "
        "tables.",
    )
    protocol: str = flag(
        "records",
        choices=PROTOCOLS,
        help="records: the holes as packed or given. center: the middle square of half "
        "the side, as in Context Encoders, Table 1.",
    )
    pictures: int | None = flag(
        None,
        help="Measure at most so many pictures: of shards the first, of photos drawn "
        "with --seed.",
    )
    size: int | None = flag(
        None,
        help="Side of the pictures without a bare network as --model. Default: 128; "
        "with the eraser or --outputs the photos' own size.",
    )
    biharmonic: bool = flag(False, help="Also scikit-image's biharmonic fill: slower.")
    perceptual: bool = flag(
        False,
        help="Also perceptual distance, how different the fill looks to a classifier, "
        "and Fréchet distance, how unlike the photos all fills are as a set. Needs the "
        "extra `perceptual`.",
    )
    seed: int = flag(0, help="Of silhouette holes, of --pictures and of the bootstrap.")
    resamples: int = flag(1000, help="Bootstrap resamples behind each interval.")
    out: str = flag(
        "evaluation",
        help="Folder for report.json, report.md and the pictures; those of an earlier "
        "report there are replaced.",
    )

    def __post_init__(self):
        if (self.data is None) == (self.images is None):
            raise InputError("give either --data=SHARDS or --images=DIR, one of them.")
        if self.data is not None:
            self._refuse(
                *("labels", "masks", "outputs"),
                why="goes with --images, not with --data",
            )
        elif self.protocol == "center":
            self._refuse("labels", "masks", why="has no use with --protocol=center")
        elif (self.labels is None) == (self.masks is None):
            raise InputError(
                "--images needs holes: --labels=DIR or --masks=DIR, one of them, or "
                "--protocol=center."
            )
        if self.labels is None:
            self._refuse("label_list", "hole_area", why="goes with --labels")
        for name in ("pictures", "size", "resamples"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"--{name}={value} must be at least 1.")
        if self.size is not None:
            self._refuse("outputs", why="is of the photos' own size; leave --size out")
        if self.size is not None and self.size < 16:
            raise InputError(f"--size={self.size} must be at least 16 pixels.")
        if self.seed < 0:
            raise InputError(f"--seed={self.seed} must not be negative.")
        if self.resamples < 100:
            raise InputError(
                f"--resamples={self.resamples} is too few for an interval of 95 %; "
                "give at least 100."
            )
        _ = self.areas

    @property
    def areas(self) -> tuple[float, float]:
        """Least and largest share of the picture that a silhouette covers."""
        return parse_areas("hole_area", self.hole_area or DEFAULT_AREA)

    def _refuse(self, *names: str, why: str) -> None:
        for name in names:
            value = getattr(self, name)
            if value not in (None, ()):
                shown = value[0] if isinstance(value, tuple) else value
                raise InputError(f"--{name}={shown} {why}.")


def parse_areas(flag: str, text: str) -> tuple[float, float]:
    """What a flag spells: least and largest share of the picture that is hole.

    Raises:
        InputError: it spells no such shares.
    """
    try:
        least, largest = map(float, text.split(","))
    except ValueError:
        least = largest = 0.0
    if not 0 < least < largest <= 0.5:
        raise InputError(
            f"--{flag}={text} must be LEAST,LARGEST, shares from 0 to 0.5, "
            f"{DEFAULT_AREA} say."
        )
    return least, largest
