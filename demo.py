"""The main job, on photographs that scikit-image ships: `make demo`.

Builds records of seven photographs, trains the weights that ship with the package a
little further on them, exports the result, and erases a scribble from one of them: with
what ships, and with the new SavedModel and TFLite file. What was under the scribble is
known, so the results can be measured.

So short a training learns these photographs, not photographs: the validation pictures
are of one that it never saw, and their figure says so.
"""

import dataclasses
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from ce_tf.command_line import flag, run_command
from ce_tf.errors import InputError
from ce_tf.tensorflow_logs import import_tensorflow

_PHOTOS = (
    "astronaut.png",
    "camera.png",
    "chelsea.png",
    "coffee.png",
    "gravel.png",
    "motorcycle_left.png",
    "rocket.jpg",
)
_ERASED_PHOTO = "coffee.png"
# What the shipped network was made and trained with; the demo leaves out its adversary,
# which needs longer.
_SHIPPED_SETTINGS = (
    *("model", "size", "width", "fill", "beta1", "weight_decay", "clip_norm"),
    *("reconstruction_weight", "l1_weight", "perceptual_weight", "style_weight"),
    *("feature_size", "discriminator"),
)
# A scribble over table, saucer and cup: x, y in pixels, and its breadth.
_SCRIBBLE = ((150, 110), (215, 160), (160, 215), (230, 265), (300, 235), (255, 330))
_BREADTH = 34


@dataclasses.dataclass(frozen=True, kw_only=True)
class DemoConfig:
    """The flags of the demo."""

    out: str = flag("demo_run", help="Folder for all that the demo writes; made anew.")
    voc_dir: str | None = flag(
        None, help="VOCdevkit folder; with it the holes are silhouettes too."
    )
    steps: int = flag(100, help="Training steps.")
    batch_size: int = flag(4, help="Pictures a step.")


def main(config: DemoConfig) -> None:
    import_tensorflow("the demo")
    from ce_tf.baselines import mean_fill
    from ce_tf.erasing.eraser import Eraser
    from ce_tf.evaluating.run import measure_psnr
    from ce_tf.exporting.run import export_run
    from ce_tf.images.photo import Photo, read_photo, write_photo
    from ce_tf.metrics import hole_psnr
    from ce_tf.pretrained.files import PRETRAINED, find_model, read_card
    from ce_tf.training.config import TrainConfig
    from ce_tf.training.run import train
    from tfrecords_builder.building import build
    from tfrecords_builder.config import BuildConfig

    out = Path(config.out)
    photos, shards, run = out / "photos", out / "shards", out / "run"
    exported = {
        "SavedModel": run / "export" / "saved_model",
        "TFLite": run / "export" / "model.tflite",
    }
    shipped = read_card()["config"]
    seconds: dict[str, float] = {}
    shutil.rmtree(out, ignore_errors=True)
    with _stage("build records", seconds):
        _copy_photos(photos)
        build(
            BuildConfig(
                images=(str(photos),),
                voc_dir=config.voc_dir,
                out=str(shards),
                size=shipped["size"] + 16,
                mask_size=shipped["size"],
                views=32,
                num_masks=1000,
            )
        )
    with _stage("train", seconds):
        train(
            TrainConfig(
                data=str(shards),
                workdir=str(run),
                init_from=PRETRAINED,
                **{name: shipped[name] for name in _SHIPPED_SETTINGS},
                adversarial_weight=0.0,
                generator_rate=1e-4,
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
        cv2.polylines(mask, [np.array(_SCRIBBLE)], False, 255, _BREADTH)
        write_photo(out / "photo.png", photo)
        write_photo(out / "mask.png", Photo(mask))
        models = {"as shipped": find_model(), **exported}
        results = {
            name: Eraser(path).erase(photo.image, mask) for name, path in models.items()
        }
        for name, image in results.items():
            path = out / f"erased-{name.lower().replace(' ', '-')}.png"
            write_photo(path, photo.with_image(image))
        _write_picture(out / "before-after.png", photo.image, mask, results)
    with _stage("measure", seconds):
        unseen = {
            name: measure_psnr(str(shards), models[name], limit=100)
            for name in ("as shipped", "TFLite")
        }
    _print_table(out, exported, seconds)
    filled = mean_fill(photo.image, mask[..., np.newaxis])
    before = hole_psnr(photo.image, results["as shipped"], mask)
    print(f"\n{'PSNR in the hole, dB':<37}mean fill  as shipped  fine-tuned")
    for name in exported:
        _print_psnr(
            f"scribble, {name}",
            hole_psnr(photo.image, filled, mask),
            before,
            hole_psnr(photo.image, results[name], mask),
        )
    _print_psnr(
        f"{len(unseen['TFLite']['model'])} validation pictures (unseen)",
        unseen["TFLite"]["mean fill"].mean(),
        *(measured["model"].mean() for measured in unseen.values()),
    )
    print(f"Look at {out / 'before-after.png'}")


def run(argv=None) -> None:
    run_command(DemoConfig, main, __doc__, argv)


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


def _print_psnr(name: str, *decibels: float) -> None:
    print(f"{name:<36}" + "".join(f"{value:>10.2f}  " for value in decibels))


def _write_picture(
    path: Path, image: np.ndarray, mask: np.ndarray, results: dict[str, np.ndarray]
) -> None:
    """Before, what is to be erased (in red), and each result, side by side."""
    from ce_tf.images.grid import make_grid, write_grid

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
        ("erase", out / "before-after.png", "photo, what to erase, the results"),
        ("measure", "", "PSNR on the validation pictures"),
    ]
    print(f"\n{'stage':<15}{'seconds':>8}  {'what lies where'}")
    for stage, path, what in rows:
        spent = f"{seconds[stage]:.1f}" if stage else ""
        print(f"{stage:<15}{spent:>8}  {path!s:<38}{what}")
    print(f"{'all':<15}{sum(seconds.values()):>8.1f}")


if __name__ == "__main__":
    run()
