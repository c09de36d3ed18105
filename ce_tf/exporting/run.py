"""From a run folder to its exported files."""

from pathlib import Path

from ce_tf.checkpoints import restore_generator
from ce_tf.exporting.saved_model import export_saved_model
from ce_tf.exporting.tflite import export_tflite
from ce_tf.run_folder import RunFolder, read_config
from ce_tf.state import fill_tensor, make_generator


def export_run(workdir: Path, out: Path | None = None) -> None:
    """Exports the newest checkpoint of a run to `saved_model/` and `model.tflite`.

    Args:
        workdir: run folder of `train.py`.
        out: where the files go; None for the run's own `export/`.

    Raises:
        InputError: it is no run folder, holds no checkpoint, an exported file does not
            do what the model does, or `out` cannot be written.
    """
    run = RunFolder(workdir)
    saved = read_config(run)
    generator = make_generator(saved.config)
    step = restore_generator(run.checkpoints, generator)
    fill_color = fill_tensor(saved.config, saved.mean_color)
    out = run.export if out is None else out
    print(f"{workdir}: {saved.config.model} at step {step}")
    for export, name in (
        (export_saved_model, "saved_model"),
        (export_tflite, "model.tflite"),
    ):
        path = out / name
        difference = export(generator, fill_color, path)
        print(
            f"wrote {path}, {_megabytes(path):.1f} MB; reloaded, it differs from the "
            f"Keras model by at most {difference} of 255"
        )


def _megabytes(path: Path) -> float:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6
