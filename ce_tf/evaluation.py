"""How good fills are on the validation pictures, beside fills that need no training."""

from pathlib import Path

import numpy as np
from tqdm import tqdm

from ce_tf import baselines
from ce_tf.backends import load_backend
from ce_tf.dataset import validation_dataset
from ce_tf.manifest import read_manifest
from ce_tf.metrics import hole_psnr


def measure_psnr(data: str, model: str | Path, limit: int) -> dict[str, np.ndarray]:
    """PSNR in the hole of each validation picture, for the model and the baselines.

    Args:
        data: folder of shards; each val picture with the val hole of its number.
        model: SavedModel folder or TFLite file.
        limit: at most so many pictures.

    Returns:
        Name of the method -> float [pictures], dB.

    Raises:
        InputError: the model or the data cannot be used.
    """
    backend, size = load_backend(Path(model))
    methods = {
        "mean fill": baselines.mean_fill,
        "OpenCV Telea": baselines.telea,
        "OpenCV Navier-Stokes": baselines.navier_stokes,
        "model": backend,
    }
    manifest = read_manifest(data)
    examples = validation_dataset(data, manifest, size=size, batch_size=1).take(limit)
    total = sum(shard.records for shard in manifest.splits["val"].images)
    scores = []
    for example in tqdm(
        examples.as_numpy_iterator(), total=min(limit, total), unit="picture"
    ):
        image, mask = example["image"][0], example["mask"][0]
        scores.append(
            [
                hole_psnr(image, fill(image, mask), mask[..., 0])
                for fill in methods.values()
            ]
        )
    return dict(zip(methods, np.transpose(scores), strict=True))
