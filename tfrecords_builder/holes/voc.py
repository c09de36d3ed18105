"""A TFDS builder of PASCAL VOC's label images, which TFDS's own `voc` leaves out."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from ce_tf.errors import InputError
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import Reference, open_binary, read_record
from tfrecords_builder.holes.labels import label_files, listed
from tfrecords_builder.holes.silhouettes import decode_labels
from tfrecords_builder.photos.datasets import find_feature


@dataclasses.dataclass(frozen=True)
class Archive:
    """A file to download: its name, bytes and sha256, as TFDS registers them."""

    name: str
    size: int
    sha256: str


ARCHIVES = {
    "2007": Archive(
        "VOCtrainval_06-Nov-2007.tar",
        460_032_000,
        "7d8cd951101b0957ddfd7a530bdc8a94f06121cfc1e511bb5937e973020c7508",
    ),
    "2012": Archive(
        "VOCtrainval_11-May-2012.tar",
        1_999_639_040,
        "e14f763270cf193d0b5f74b169f44157a4b0c6efa708f4dd0ff78ee691763bcb",
    ),
}


class VocSegmentation(tfds.core.GeneratorBasedBuilder):
    """Label images of VOC 2007 and 2012: of classes, and of single objects.

    Pixels are 0 (background), class 1 to 20 or the object's number, and 255 (border).
    """

    VERSION = tfds.core.Version("1.0.0")
    BUILDER_CONFIGS = tuple(
        tfds.core.BuilderConfig(name=year, description=f"PASCAL VOC {year}")
        for year in ARCHIVES
    )

    def __init__(self, *, mirror: str, **kwargs: Any) -> None:
        """`mirror`: URL of the folder that holds the archives."""
        self._mirror = mirror
        super().__init__(**kwargs)

    @property
    def archive(self) -> Archive:
        """The archive of this year."""
        return ARCHIVES[self.builder_config.name]

    @property
    def url(self) -> str:
        """Where the archive is downloaded from."""
        return f"{self._mirror.rstrip('/')}/{self.archive.name}"

    @property
    def url_infos(self) -> dict[str, Any]:
        """What TFDS checks a download, or a file in the manual folder, against."""
        archive = self.archive
        info = tfds.download.checksums.UrlInfo(
            size=archive.size, checksum=archive.sha256, filename=archive.name
        )
        return {self.url: info}

    def _info(self) -> tfds.core.DatasetInfo:
        labels = tfds.features.Image(shape=(None, None, 1), encoding_format="png")
        features = tfds.features.FeaturesDict(
            {"name": tfds.features.Text(), "classes": labels, "objects": labels}
        )
        return self.dataset_info_from_configs(
            features=features, homepage="http://host.robots.ox.ac.uk/pascal/VOC/"
        )

    def _split_generators(self, dl_manager: Any) -> dict[str, Any]:
        year = self.builder_config.name
        folder = dl_manager.download_and_extract(self.url) / f"VOCdevkit/VOC{year}"
        splits = ("train", "val")
        return {name: self._generate_examples(str(folder), name) for name in splits}

    def _generate_examples(
        self, folder: str, split: str
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        for name in listed(folder, split):
            files = [reference for reference, _ in label_files(folder, name, split)]
            classes, objects = _read(files[0]), _read(files[-1])
            yield name, {"name": name, "classes": classes, "objects": objects}


def find_voc(year: str, config: BuildConfig) -> Iterator[tuple[Reference, str]]:
    """Yields the label images of VOC `year` with their splits; downloads them once.

    Raises:
        InputError: the download failed; it says which file to put where instead.
    """
    builder = VocSegmentation(
        config=year, data_dir=config.tfds_dir, mirror=config.voc_mirror
    )
    _prepare(builder)
    for split in ("train", "val"):
        for feature in ("classes", "objects"):
            for label in find_feature(builder, split, feature, f"voc:{split}"):
                record = tf.train.Example.FromString(
                    read_record(label.path, label.offset)
                )
                name = record.features.feature["name"].bytes_list.value[0].decode()
                yield label._replace(name=f"{feature}/{name}"), split


def _prepare(builder: VocSegmentation) -> None:
    downloads = builder.data_path.parents[2] / "downloads"
    manual = downloads / "manual"
    settings = tfds.download.DownloadConfig(manual_dir=str(manual))
    try:
        builder.download_and_prepare(
            download_dir=str(downloads), download_config=settings
        )
    except InputError:
        raise
    except Exception as error:  # a broken network has very many
        archive = builder.archive
        raise InputError(
            f"--voc={builder.builder_config.name}: {builder.url} could not be used "
            f"({type(error).__name__}: {_first_line(error)}). Put {archive.name} "
            f"({archive.size:,} bytes, sha256 {archive.sha256}) into {manual} and run "
            "this again, name another folder with --voc_mirror=URL, or give the "
            "unpacked archive with --voc_dir=VOCdevkit."
        ) from None


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _read(reference: Reference) -> np.ndarray:
    """Label pixels, uint8 [height, width, 1]; TFDS stores them as a grey PNG."""
    with open_binary(reference.path) as file:
        return decode_labels(file.read())[..., None]
