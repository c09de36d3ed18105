"""Packs a trained run as the weights that ship with the package.

    python -m ce_tf.exporting.release --run=run --hours=1.5 --trained_on="..." \\
        --source="..." --evaluation=evaluation/report.json --limit="..." \\
        --license=Apache-2.0

For those who release the package. The run's best weights are rounded; the TFLite files
are made of the rounded ones and compared with them by the exporter: one for the side
that the network was trained at, and one for twice that where it takes it. The
discriminator of an adversarial run comes along, for those who train on.
"""

import dataclasses
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ce_tf.command_line import flag, run_command
from ce_tf.errors import InputError
from ce_tf.perceptual import DISTANCE
from ce_tf.pretrained import files
from ce_tf.tensorflow_logs import import_tensorflow

if TYPE_CHECKING:
    import keras

# Of all files together.
_MOST_BYTES = 20_000_000
# Weights that a kernel has from which on it is rounded; steps to its largest one.
_LARGE = 20_000
_LEVELS = 15
# What the card repeats of a report.
_METRICS = ("psnr", "ssim", "picture_ssim", "gradient_energy", "l1", "l2", DISTANCE)


@dataclasses.dataclass(frozen=True, kw_only=True)
class PackConfig:
    """The flags of `python -m ce_tf.exporting.release`."""

    run: str = flag(help="Run folder of `train.py`.")
    trained_on: str = flag(help="The training pictures and holes, in words.")
    source: tuple[str, ...] = flag(
        (),
        help="Where training pictures came from, how many, and on what terms, a "
        "sentence. Repeat the flag.",
    )
    hours: float = flag(help="How long it was trained, on what the card's text says.")
    evaluation: tuple[str, ...] = flag(
        (),
        help="A report.json of `python -m ce_tf.evaluate --model=RUN`. Repeat the flag "
        "for several.",
    )
    limit: tuple[str, ...] = flag(
        (), help="Something that it does badly, a sentence. Repeat the flag."
    )
    license: str = flag(help="Of the weights.")
    format: str = flag(
        "dynamic",
        help="Of the TFLite file: weights of 8 bits, or of 16 in twice the size.",
        choices=("dynamic", "float16"),
    )
    out: str = flag(
        str(files.FOLDER),
        help="Folder for the files; the package's own.",
    )


def main(config: PackConfig) -> None:
    """Packs the run that the flags name."""
    reports = [_read_report(Path(path)) for path in config.evaluation]
    import_tensorflow("packing a release")
    from ce_tf.completion.network import find_sizes
    from ce_tf.exporting.advice import UNSEEN
    from ce_tf.exporting.formats import FORMATS
    from ce_tf.exporting.model_card import card_bytes
    from ce_tf.exporting.run import export_run
    from ce_tf.files import write_bytes
    from ce_tf.training.discriminator_weights import pack_discriminator
    from ce_tf.training.run_folder import RunFolder
    from ce_tf.training.weights import load_generator, save_model

    run, out = Path(config.run), Path(config.out)
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / files.WEIGHTS
        trained = load_generator(run)
        round_kernels(trained.generator)
        save_model(weights, trained, half=True)
        contents = {files.WEIGHTS: weights.read_bytes()}
        discriminator = pack_discriminator(RunFolder(run))
        if discriminator is not None:
            contents[files.DISCRIMINATOR] = discriminator
        own = trained.generator.size
        side, *larger = find_sizes(trained.generator, own)
        sizes = {files.MODEL: side}
        sizes |= {files.LARGER_MODEL.format(size=size): size for size in larger}
        for name, size in sizes.items():
            exported = Path(folder) / f"export{size}"
            (measured,) = export_run(
                run,
                exported,
                formats=config.format,
                weights=str(weights),
                size=size,
                license=config.license,
            )
            if measured.comparison.loss > UNSEEN:
                raise InputError(
                    f"--format={config.format} at {size} pixels is "
                    f"{measured.comparison.loss:.2f} dB below the model, more than "
                    f"{UNSEEN}. Give --format=float16."
                )
            contents[name] = (exported / FORMATS[config.format].file).read_bytes()
        card = json.loads((Path(folder) / f"export{own}" / files.CARD).read_bytes())
    total = sum(map(len, contents.values()))
    if total > _MOST_BYTES:
        raise InputError(
            f"the files of --run={run} have {total / 1e6:.1f} MB; the package carries "
            f"{_MOST_BYTES / 1e6:.0f} at most. Train a narrower network."
        )
    # Where things lay on one machine is nobody's business.
    places = {
        "data": "",
        "workdir": "",
        "init_from": Path(trained.config.init_from).name,
    }
    card |= {
        "config": dataclasses.asdict(trained.config) | places,
        "trained_on": config.trained_on,
        "sources": list(config.source),
        "hours": config.hours,
        "format": config.format,
        "evaluation": reports,
        "limits": list(config.limit),
        "files": {
            name: {"bytes": len(data), "sha256": files.hash_bytes(data)}
            | ({"size": sizes[name]} if name in sizes else {})
            for name, data in contents.items()
        },
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, data in {**contents, files.CARD: card_bytes(card)}.items():
        write_bytes(out / name, data)
    print(f"packed {total / 1e6:.1f} MB into {out}")


def round_kernels(generator: "keras.Model") -> None:
    """Rounds large kernels to 31 levels for each filter, in place.

    In a file of 8 bits they then take 5 once it is compressed: a third less for a page
    to load. Measured on the network that ships, nothing is lost by it.
    """
    for variable in generator.variables:
        kernel = variable.numpy()
        if variable.name != "kernel" or kernel.size < _LARGE:
            continue
        most = np.abs(kernel).max(tuple(range(kernel.ndim - 1)), keepdims=True)
        step = np.maximum(most, 1e-30) / _LEVELS
        variable.assign(np.round(kernel / step) * step)


def _read_report(path: Path) -> dict[str, Any]:
    """Protocol, and each method's figures in the hole, in all and by area."""
    try:
        report = json.loads(path.read_bytes())
        return {
            "protocol": report["protocol"],
            "size": report["size"],
            **_read_group(report["all"]),
            "comparisons": report["all"]["comparisons"],
            "by_area": {
                area: _read_group(group) for area, group in report["by_area"].items()
            },
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"--evaluation={path} is no report.json of `python -m ce_tf.evaluate`: "
            f"{error!r}."
        ) from None


def _read_group(group: dict[str, Any]) -> dict[str, Any]:
    methods = {
        name: {
            metric: _value(figures[metric]) for metric in _METRICS if metric in figures
        }
        for name, figures in group["methods"].items()
    }
    return {"pictures": group["pictures"], "methods": methods}


def _value(figure: Any) -> float | None:
    return figure["value"] if isinstance(figure, dict) else figure


def run(argv: Sequence[str] | None = None) -> None:
    """Packs with the flags of `argv`, or of the command line."""
    run_command(PackConfig, main, __doc__, argv)


if __name__ == "__main__":
    run()
