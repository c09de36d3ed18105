"""Packs a trained run as the weights that ship with the package.

    python -m ce_tf.exporting.release --run=run --hours=1.5 --trained_on="..." \\
        --evaluation=evaluation/report.json --limit="..." --license=Apache-2.0

For those who release the package; `--out=ce_tf/pretrained/vivid` packs the other model.
The run's best weights are rounded to 16 bits; the TFLite file is made of the rounded
ones and compared with them by the exporter.
"""

import dataclasses
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ce_tf.command_line import flag, run_command
from ce_tf.errors import InputError
from ce_tf.pretrained import files
from ce_tf.tensorflow_logs import import_tensorflow

if TYPE_CHECKING:
    from ce_tf.training.weights import Trained

# The two files of a model; a package of two models may weigh twice that.
_MOST_BYTES = 12_000_000
# What the card repeats of a report.
_METRICS = ("psnr", "ssim", "picture_ssim", "gradient_energy", "l1", "l2")


@dataclasses.dataclass(frozen=True, kw_only=True)
class PackConfig:
    """The flags of `python -m ce_tf.exporting.release`."""

    run: str = flag(help="Run folder of `train.py`.")
    trained_on: str = flag(help="The training pictures and holes, in words.")
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
    blend: float = flag(
        1.0,
        help="How much of the run's weights; the rest is the default model's, 0 to 1. "
        "Between a faithful and a vivid network lie the choices between them.",
    )
    out: str = flag(
        str(files.FOLDER),
        help="Folder for the files; the package's own, of the default model.",
    )


def main(config: PackConfig) -> None:
    """Packs the run that the flags name."""
    if not 0 <= config.blend <= 1:
        raise InputError(f"--blend={config.blend} is not between 0 and 1.")
    reports = [_read_report(Path(path)) for path in config.evaluation]
    import_tensorflow("packing a release")
    from ce_tf.exporting.formats import FORMATS
    from ce_tf.exporting.model_card import card_bytes
    from ce_tf.exporting.run import export_run
    from ce_tf.files import write_bytes
    from ce_tf.training.weights import load_generator, save_model

    run, out = Path(config.run), Path(config.out)
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / files.WEIGHTS
        trained = load_generator(run)
        if config.blend < 1:
            blend_weights(load_generator(Path(files.PRETRAINED)), trained, config.blend)
        save_model(weights, trained, half=True)
        exported = Path(folder) / "export"
        export_run(
            run,
            exported,
            formats="float16",
            weights=str(weights),
            license=config.license,
        )
        contents = {
            files.WEIGHTS: weights.read_bytes(),
            files.MODEL: (exported / FORMATS["float16"].file).read_bytes(),
        }
        card = json.loads((exported / files.CARD).read_bytes())
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
        "hours": config.hours,
        "blend": config.blend,
        "evaluation": reports,
        "limits": list(config.limit),
        "files": {
            name: {"bytes": len(data), "sha256": files.hash_bytes(data)}
            for name, data in contents.items()
        },
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, data in {**contents, files.CARD: card_bytes(card)}.items():
        write_bytes(out / name, data)
    print(f"packed {total / 1e6:.1f} MB into {out}")


def blend_weights(start: "Trained", trained: "Trained", share: float) -> None:
    """Moves a network's weights back towards those that its training started from.

    Network interpolation: Wang et al. 2018, "ESRGAN" (arXiv 1809.00219), section 3.4,
    which takes the grain of adversarial training back as far as one likes.

    Raises:
        InputError: they are different networks.
    """
    own, target = start.generator.weights, trained.generator.weights
    if [weight.shape for weight in own] != [weight.shape for weight in target]:
        raise InputError("--blend: the run's network is not the default model's.")
    for one, other in zip(own, target, strict=True):
        other.assign(one + share * (other - one))


def _read_report(path: Path) -> dict[str, Any]:
    """Protocol, pictures, and each method's figures in the hole."""
    try:
        report = json.loads(path.read_bytes())
        everything = report["all"]
        methods = {
            name: {metric: _value(figures[metric]) for metric in _METRICS}
            for name, figures in everything["methods"].items()
        }
        return {
            "protocol": report["protocol"],
            "size": report["size"],
            "pictures": everything["pictures"],
            "methods": methods,
            "comparisons": everything["comparisons"],
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"--evaluation={path} is no report.json of `python -m ce_tf.evaluate`: "
            f"{error!r}."
        ) from None


def _value(figure: Any) -> float | None:
    return figure["value"] if isinstance(figure, dict) else figure


def run(argv: Sequence[str] | None = None) -> None:
    """Packs with the flags of `argv`, or of the command line."""
    run_command(PackConfig, main, __doc__, argv)


if __name__ == "__main__":
    run()
