"""From a run folder to its exported files."""

from pathlib import Path

from ce_tf.exporting.saved_model import export_saved_model
from ce_tf.exporting.tflite import export_tflite
from ce_tf.run_folder import RunFolder
from ce_tf.weights import SUFFIX, load_generator, save_weights


def export_run(workdir: Path, out: Path | None = None) -> None:
    """Exports the best checkpoint of a run: SavedModel, TFLite and weights.

    Args:
        workdir: run folder of `train.py`.
        out: where the files go; None for the run's own `export/`.

    Raises:
        InputError: it is no run folder, holds no checkpoint, an exported file does not
            do what the model does, or `out` cannot be written.
    """
    trained = load_generator(workdir)
    out = RunFolder(workdir).export if out is None else out
    print(f"{workdir}: {trained.description}")
    save_weights(out / f"generator{SUFFIX}", trained)
    for export, name in (
        (export_saved_model, "saved_model"),
        (export_tflite, "model.tflite"),
    ):
        path = out / name
        difference = export(trained.generator, trained.fill_color, path)
        print(
            f"wrote {path}, {_megabytes(path):.1f} MB; reloaded, it differs from the "
            f"Keras model by at most {difference} of 255"
        )


def _megabytes(path: Path) -> float:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6
