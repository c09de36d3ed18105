"""From a run folder to its exported files."""

import dataclasses
import time
from pathlib import Path
from typing import Any

from ce_tf.completion.network import export_size
from ce_tf.completion.runtimes import load_runtimes
from ce_tf.errors import InputError
from ce_tf.exporting.advice import advise
from ce_tf.exporting.comparison import Reference
from ce_tf.exporting.examples import CALIBRATED, Examples, read_examples
from ce_tf.exporting.formats import DEFAULT, SAVED_MODEL, Format, parse_formats
from ce_tf.exporting.measuring import Measured, compare_larger, measure
from ce_tf.exporting.model_card import card_bytes, make_card
from ce_tf.exporting.photo_check import check_photo_signatures
from ce_tf.exporting.publishing import CARD, REPORT, publish
from ce_tf.exporting.report import row_cells, write_report
from ce_tf.exporting.saved_model import write_saved_model
from ce_tf.exporting.tflite import convert
from ce_tf.files import write_bytes
from ce_tf.pretrained.files import PRETRAINED, is_pretrained, read_card
from ce_tf.training.run_folder import RunFolder, read_config
from ce_tf.training.weights import (
    FILES,
    SUFFIXES,
    Trained,
    load_generator,
    save_model,
)

_WHICH = ("best", "latest")


@dataclasses.dataclass(frozen=True)
class _Export:
    """What every file of an export is made of."""

    trained: Trained
    size: int
    examples: Examples
    reference: Reference
    card: dict[str, Any]


def export_run(
    run: Path | None,
    out: Path | None = None,
    *,
    formats: str = DEFAULT,
    weights: str = "best",
    size: int | None = None,
    data: str = "",
    license: str = "unspecified",
) -> list[Measured]:
    """Exports a run: weights, model card, report, and a file for each format.

    All of it is written beside `out`, compared with the Keras model, and then takes its
    place at once; where anything fails an earlier export stays.

    Args:
        run: run folder of `train.py`; or a `.keras` file, `pretrained` (None too) for
            weights that ship with the package, which need `out` and `data`.
        out: where the files go; None for the run's own `export/`.
        formats: names of `formats.FORMATS`, with commas between.
        weights: the run's `best` checkpoint by validation PSNR, its `latest`, or a
            `.keras` or `.weights.h5` file.
        size: side of the pictures; None for the size that the network was trained at.
        data: shards whose validation pictures the files are compared on; empty for the
            run's own.
        license: of a run's weights, for the model card.

    Returns:
        What was measured of each file.

    Raises:
        InputError: something that is given cannot be used, or a file is beyond
            tolerance.
    """
    wanted = parse_formats(formats)
    run = run or Path(PRETRAINED)
    data_hash = ""
    if is_pretrained(run):
        out = _require_without_run(out, data, weights)
        data_hash, license = (
            read_card()[name] for name in ("data_manifest_sha256", "license")
        )
    elif run.name.endswith(SUFFIXES):
        out = _require_without_run(out, data, weights)
    else:
        saved = read_config(RunFolder(run))
        out, data_hash = out or RunFolder(run).export, saved.data_hash
    trained = _load(run, weights)
    size = export_size(trained.generator, size)
    examples = _read(data or saved.config.data, size, given=bool(data))
    rows = []
    with publish(out) as folder:
        print(
            f"{run}: {trained.description}; {len(examples)} validation "
            f"pictures of {size} pixels, to {out}",
            flush=True,
        )
        reference = Reference(trained.generator, trained.fill_color, examples)
        metrics = {
            "pictures": len(reference.examples),
            "hole_psnr_db": reference.psnr,
            "hole_psnr_db_of_mean_fill": reference.mean_fill_psnr,
        }
        card = make_card(trained, size, data_hash, metrics, license)
        export = _Export(trained, size, examples, reference, card)
        save_model(folder / FILES[0], trained)
        write_bytes(folder / CARD, card_bytes(card))
        for number, format in enumerate(wanted, 1):
            print(f"[{number}/{len(wanted)}] {format.file} ... ", end="", flush=True)
            start = time.monotonic()
            _write(export, format, folder / format.file)
            rows.append(_compare(export, format, folder / format.file))
            print(f"{_words(rows[-1])}; {time.monotonic() - start:.0f} s", flush=True)
        title = f"{card['name']}, {trained.description}"
        report = write_report(title, rows, reference, _notes(wanted, examples))
        write_bytes(folder / REPORT, report.encode())
    for line in advise(rows):
        print(line)
    print(f"wrote {out}; {out / REPORT} compares the files")
    return rows


def _require_without_run(out: Path | None, data: str, weights: str) -> Path:
    """Where the files go; an error where a flag is missing or has no meaning."""
    if weights != _WHICH[0]:
        raise InputError(
            f"--weights={weights} needs --run=FOLDER, the run that it belongs to."
        )
    if out is None or not data:
        raise InputError(
            "what is no run folder (without --run it is the weights that ship with the "
            "package) needs --out=DIR, and --data=SHARDS, on whose validation pictures "
            "the files are compared; `python -m tfrecords_builder` makes some of any "
            "photos."
        )
    return out


def _load(run: Path, weights: str) -> Trained:
    if weights in _WHICH:
        return load_generator(run, weights)
    if not weights.endswith(SUFFIXES):
        raise InputError(
            f"--weights={weights} is neither {' nor '.join(_WHICH)} nor a "
            f"{' or '.join(SUFFIXES)} file."
        )
    return load_generator(Path(weights))


def _read(data: str, size: int, *, given: bool) -> Examples:
    try:
        return read_examples(data, size)
    except InputError as error:
        hint = "" if given else " Give --data=DIR if the run's shards have moved."
        raise InputError(f"{error}{hint}") from None


def _write(export: _Export, format: Format, path: Path) -> None:
    trained = export.trained
    model = trained.generator, trained.fill_color, export.size
    if format.name == SAVED_MODEL:
        write_saved_model(*model, path)
        # TensorFlow Serving hands on what lies here, and reads none of it.
        extra = path / "assets.extra"
        extra.mkdir()
        write_bytes(extra / CARD, card_bytes(export.card))
    else:
        write_bytes(path, convert(*model, format.name, export.examples))


def _compare(export: _Export, format: Format, path: Path) -> Measured:
    """Compares and times a file, which is loaded again once for all of it."""
    runtimes = load_runtimes(path)
    if format.name == SAVED_MODEL:
        check_photo_signatures(path.name, runtimes, export.examples.images[0])
        compare_larger(format, runtimes, export.trained, export.examples)
    return measure(format, path, runtimes[0], export.reference)


def _words(row: Measured) -> str:
    _, size, largest, _, _, loss, *cells = row_cells(row)
    times = " and ".join(cell for cell in cells if cell)
    return f"{size} MB, differs by {largest}, loses {loss} dB, {times} ms"


def _notes(wanted: list[Format], examples: Examples) -> list[str]:
    if not any(format.name == "int8" for format in wanted):
        return []
    used = examples.to_calibrate().images
    pictures = len({picture.tobytes() for picture in used})
    return [
        f"int8's ranges come from {CALIBRATED} examples of {pictures} validation "
        "pictures, the last ones that were read."
    ]
