"""What TensorFlow Datasets reads beside a data set: its shards open as one of TFDS.

A TFDS data set has one kind of record, and a build has two. So the folder of the shards
opens as the pictures, and `masks/`, which holds no shards, as the holes; its template
of names leads back up. TFDS splits features' names at `/`, as records have them:
`image/encoded` is `["image"]["encoded"]`.

https://www.tensorflow.org/datasets/external_tfrecord. Written here, not by TFDS, whose
import takes seconds and whose version would show in the bytes.
"""

import json
from os.path import join
from typing import Any

import tensorflow as tf

from ce_tf.files import write_bytes
from ce_tf.records.manifest import Manifest, Shard
from tfrecords_builder.files import ADVICE

INFO, FEATURES = "dataset_info.json", "features.json"
# Where the holes open, and the way from there to the shards.
MASKS = "masks"
_UP = "../"
_VERSION = "1.0.0"
_PACKAGE = "tensorflow_datasets.core.features"


def write_metadata(folder: str, manifest: Manifest) -> None:
    """Writes both files for the pictures, and both for the holes.

    Raises:
        InputError: they cannot be written.
    """
    picture = _image(("-1", "-1", "3"), "png" if manifest.lossless else "jpeg")
    images = {
        "image": {
            "encoded": picture,
            "id": _text(),
            "height": _scalar("int64"),
            "width": _scalar("int64"),
        }
    }
    side = str(manifest.mask_size)
    masks = {
        "mask": {
            "encoded": _image((side, side, "1"), "png"),
            "kind": _text(),
            "area": _scalar("float32"),
        }
    }
    splits = manifest.splits.items()
    _write(
        folder,
        "pictures of ce_tf: RGB, no hole in them",
        _splits("", "images", {name: split.images for name, split in splits}),
        images,
    )
    tf.io.gfile.makedirs(join(folder, MASKS))
    _write(
        join(folder, MASKS),
        "holes of ce_tf: 255 where a picture is to be filled, 0 where it is kept",
        _splits(_UP, "masks", {name: split.masks for name, split in splits}),
        masks,
    )


def _write(
    folder: str, description: str, splits: list[Any], features: dict[str, Any]
) -> None:
    (kind,) = features
    info = {
        "name": f"ce_tf_{kind}s",
        "version": _VERSION,
        "description": description,
        "fileFormat": "tfrecord",
        "splits": splits,
    }
    for name, content in ((FEATURES, _dict(features)), (INFO, info)):
        text = json.dumps(content, indent=1, sort_keys=True)
        write_bytes(join(folder, name), f"{text}\n".encode(), ADVICE)


def _splits(up: str, kind: str, splits: dict[str, tuple[Shard, ...]]) -> list[Any]:
    return [
        {
            "name": name,
            "filepathTemplate": f"{up}{{SPLIT}}-{kind}-{{SHARD_X_OF_Y}}.tfrecord",
            "numBytes": str(sum(shard.bytes for shard in shards)),
            "shardLengths": [str(shard.records) for shard in shards],
        }
        for name, shards in splits.items()
    ]


def _dict(features: dict[str, Any]) -> dict[str, Any]:
    inner = {
        name: feature if "pythonClassName" in feature else _dict(feature)
        for name, feature in features.items()
    }
    return {
        "pythonClassName": f"{_PACKAGE}.features_dict.FeaturesDict",
        "featuresDict": {"features": inner},
    }


def _image(shape: tuple[str, ...], encoding: str) -> dict[str, Any]:
    return {
        "pythonClassName": f"{_PACKAGE}.image_feature.Image",
        "image": {
            "dtype": "uint8",
            "encodingFormat": encoding,
            "shape": {"dimensions": list(shape)},
        },
    }


def _text() -> dict[str, Any]:
    return {"pythonClassName": f"{_PACKAGE}.text_feature.Text", "text": {}}


def _scalar(dtype: str) -> dict[str, Any]:
    return {
        "pythonClassName": f"{_PACKAGE}.scalar.Scalar",
        "tensor": {"dtype": dtype, "encoding": "none", "shape": {}},
    }
