"""A TFDS builder of PASCAL VOC's label images, which TFDS's own `voc` leaves out."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow_datasets as tfds
from tensorflow_datasets.core.download.checksums import UrlInfo
from tensorflow_datasets.core.utils import Size

from ce_tf.errors import InputError
from ce_tf.images.silhouettes import decode_labels
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import Reference, read_feature
from tfrecords_builder.holes.voc_folder import label_files, read_list
from tfrecords_builder.photos.datasets import find_feature

# As TFDS registers them.
ARCHIVES = {
    "2007": UrlInfo(
        filename="VOCtrainval_06-Nov-2007.tar",
        size=Size(460_032_000),
        checksum="7d8cd951101b0957ddfd7a530bdc8a94f06121cfc1e511bb5937e973020c7508",
    ),
    "2012": UrlInfo(
        filename="VOCtrainval_11-May-2012.tar",
        size=Size(1_999_639_040),
        checksum="e14f763270cf193d0b5f74b169f44157a4b0c6efa708f4dd0ff78ee691763bcb",
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

    def __init__(self, *, config: str, mirror: str, **kwargs: Any) -> None:
        """`config`: the year; `mirror`: URL of the folder that holds the archives."""
        self.year, self.archive = config, ARCHIVES[config]
        self.url = f"{mirror.rstrip('/')}/{self.archive.filename}"
        super().__init__(config=config, **kwargs)

    # A property of the class in TFDS, which no checker takes for one.
    @property
    def url_infos(  # pyright: ignore[reportIncompatibleVariableOverride]
        self,
    ) -> dict[str, UrlInfo]:
        """What TFDS checks a download, or a file in the manual folder, against."""
        return {self.url: self.archive}

    def _info(self) -> tfds.core.DatasetInfo:
        labels = tfds.features.Image(shape=(None, None, 1), encoding_format="png")
        features = tfds.features.FeaturesDict(
            {"name": tfds.features.Text(), "classes": labels, "objects": labels}
        )
        return self.dataset_info_from_configs(
            features=features, homepage="http://host.robots.ox.ac.uk/pascal/VOC/"
        )

    def _split_generators(self, dl_manager: Any) -> dict[str, Any]:
        unpacked = dl_manager.download_and_extract(self.url)
        folder = unpacked / f"VOCdevkit/VOC{self.year}"
        splits = ("train", "val")
        return {name: self._generate_examples(str(folder), name) for name in splits}

    def _generate_examples(
        self, folder: str, split: str
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        for name in read_list(folder, split):
            files = list(label_files(folder, name))
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
                name = read_feature(label.path, label.offset, "name").decode()
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
            f"--voc={builder.year}: {builder.url} could not be used "
            f"({type(error).__name__}: {_first_line(error)}). Put {archive.filename} "
            f"({archive.size:,} bytes, sha256 {archive.checksum}) into {manual} and "
            "run this again, name another folder with --voc_mirror=URL, or give the "
            "unpacked archive with --voc_dir=VOCdevkit."
        ) from None


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _read(reference: Reference) -> np.ndarray:
    """Label pixels, uint8 [height, width, 1]; TFDS stores them as a grey PNG."""
    return decode_labels(reference.read())[..., None]
