"""The main job, on photographs that scikit-image ships: `make demo`.

Builds records of ten photographs, trains a context encoder on them for a few minutes,
exports it, and erases the rocket from an eleventh, which it never saw, with the
SavedModel and with the TFLite file.
"""

import dataclasses
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from ce_tf.doors import flag, open_door
from ce_tf.errors import InputError
from ce_tf.quiet import import_tensorflow

_PHOTOS = (
    "astronaut.png",
    "brick.png",
    "camera.png",
    "chelsea.png",
    "coffee.png",
    "coins.png",
    "grass.png",
    "gravel.png",
    "moon.png",
    "motorcycle_left.png",
)
_ERASED_PHOTO = "rocket.jpg"
# Outline of the rocket in it: x, y in pixels.
_ROCKET = ((313, 118), (335, 118), (344, 420), (300, 420))


@dataclasses.dataclass(frozen=True, kw_only=True)
class DemoConfig:
    """The flags of the demo."""

    out: str = flag("demo_run", help="Folder for all that the demo writes; made anew.")
    voc_dir: str | None = flag(
        None, help="VOCdevkit folder; with it the holes are silhouettes too."
    )
    width: float = flag(1.0, help="Width of the networks; 1 is the paper's.")
    steps: int = flag(120, help="Training steps.")
    batch_size: int = flag(24, help="Pictures a step.")


def main(config: DemoConfig) -> None:
    import_tensorflow()
    from ce_tf.config import TrainConfig
    from ce_tf.eraser import Eraser
    from ce_tf.evaluation import measure_psnr
    from ce_tf.exporting.run import export_run
    from ce_tf.photo import Photo, read_photo, write_photo
    from ce_tf.training import train
    from tfrecords_builder.building import build
    from tfrecords_builder.config import BuildConfig

    out = Path(config.out)
    photos, shards, run = out / "photos", out / "shards", out / "run"
    exported = {
        "SavedModel": run / "export" / "saved_model",
        "TFLite": run / "export" / "model.tflite",
    }
    seconds: dict[str, float] = {}
    shutil.rmtree(out, ignore_errors=True)
    with _stage("build records", seconds):
        _copy_photos(photos)
        build(
            BuildConfig(
                images=(str(photos),),
                voc_dir=config.voc_dir,
                out=str(shards),
                views=32,
                num_masks=2000,
                val_share=0.2,
            )
        )
    with _stage("train", seconds):
        train(
            TrainConfig(
                data=str(shards),
                workdir=str(run),
                width=config.width,
                steps=config.steps,
                batch_size=config.batch_size,
                sample_every=config.steps,
                export=False,
            )
        )
    with _stage("export", seconds):
        export_run(run)
    with _stage("erase", seconds):
        photo = read_photo(_package_file(_ERASED_PHOTO))
        mask = np.zeros(photo.image.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.array(_ROCKET)], 255)
        write_photo(out / "photo.png", photo)
        write_photo(out / "mask.png", Photo(np.dstack([mask] * 3), None, True))
        results = {
            name: Eraser(path).erase(photo.image, mask)
            for name, path in exported.items()
        }
        for name, image in results.items():
            write_photo(out / f"erased-{name.lower()}.png", photo.with_image(image))
        _write_picture(out / "before-after.png", photo.image, mask, results)
    with _stage("measure", seconds):
        scores = measure_psnr(str(shards), exported["TFLite"], limit=100)
    _print_table(out, exported, seconds)
    before, after = scores["mean fill"].mean(), scores["model"].mean()
    print(
        f"\nPSNR in the hole, mean of {len(scores['model'])} validation pictures: "
        f"{before:.2f} dB before (mean fill), {after:.2f} dB after "
        f"{config.steps} steps"
    )
    print(f"Look at {out / 'before-after.png'}")


def run(argv=None) -> None:
    open_door(DemoConfig, main, __doc__, argv)


@contextmanager
def _stage(name: str, seconds: dict[str, float]):
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    yield
    seconds[name] = time.monotonic() - began


def _package_file(name: str) -> Path:
    try:
        import skimage.data
    except ImportError:
        raise InputError(
            "scikit-image, whose photographs the demo uses, is not installed: "
            "pip install 'ce_tf[demo]'."
        ) from None
    return Path(skimage.data.__file__).parent / name


def _copy_photos(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in _PHOTOS:
        shutil.copy(_package_file(name), folder / name)


def _write_picture(
    path: Path, image: np.ndarray, mask: np.ndarray, results: dict[str, np.ndarray]
) -> None:
    """Before, what is to be erased (in red), and each result, side by side."""
    from ce_tf.samples import make_grid, write_grid

    marked = image.copy()
    marked[mask > 0] = (230, 30, 30)
    columns = [image, marked, *results.values()]
    write_grid(path, make_grid(*(column[np.newaxis] for column in columns), gap=6))


def _print_table(
    out: Path, exported: dict[str, Path], seconds: dict[str, float]
) -> None:
    rows = [
        ("build records", out / "shards", "TFRecords and manifest.json"),
        ("train", out / "run", "checkpoints, logs (TensorBoard), samples"),
        ("export", exported["SavedModel"], "SavedModel, for servers"),
        ("", exported["TFLite"], "TFLite, for phones"),
        ("erase", out / "before-after.png", "photo, what to erase, both results"),
        ("measure", "", "PSNR on the validation pictures"),
    ]
    print(f"\n{'stage':<15}{'seconds':>8}  {'what lies where'}")
    for stage, path, what in rows:
        spent = f"{seconds[stage]:.1f}" if stage else ""
        print(f"{stage:<15}{spent:>8}  {path!s:<38}{what}")
    print(f"{'all':<15}{sum(seconds.values()):>8.1f}")


if __name__ == "__main__":
    run()
