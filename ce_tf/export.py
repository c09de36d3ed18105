"""Exports a trained network: a SavedModel for servers, TFLite files for phones.

    export.py --run=run                                 # into run/export
    export.py --run=run --out=model --formats=saved_model,float32,int8
    export.py --data=shards --out=model     # the weights that ship with the package
    export.py --run=mine.keras --data=shards --out=model    # what Keras saved

`saved_model` has the signatures `serving_default` (pictures of the network's size),
`serving_twice` (of twice that, where the network takes it), `erase` (one photo of any
size) and `erase_bytes` (photo and mask as files); a `.tflite` file has the signature
`erase` (one picture of the network's size). All take uint8 RGB and a mask: white is the
hole, values from 64 of 255 on, and where there are 0 and just one other, that other; a
`.tflite` file takes any value but 0 for hole. Each file is loaded again and compared
with the model; report.md says how they differ, how fast they are, and which one to
ship. docs/export.md has more.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from ce_tf.command_line import flag, run_command
from ce_tf.tensorflow_logs import import_tensorflow


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExportConfig:
    """The flags of `export.py`."""

    run: str = flag(
        "",
        help="Run folder of `train.py`; or, with --out and --data, a .keras file, or "
        "`pretrained` (left out, too), which ships with the package.",
    )
    out: str = flag(
        "",
        help="Folder for the files; an earlier export in it is replaced. Left out, "
        "RUN/export.",
    )
    formats: str = flag(
        "saved_model,float32,float16",
        help="What to write, with commas between: saved_model, and the TFLite files "
        "float32, float16, dynamic (weights of 8 bits: as small as int8, and nearer "
        "to the model) and int8 (whole numbers of 8 bits throughout: for DSPs and "
        "NPUs).",
    )
    weights: str = flag(
        "best",
        help="The run's `best` checkpoint by validation PSNR, its `latest`, or a "
        ".keras or .weights.h5 file.",
    )
    size: int | None = flag(
        None,
        help="Side in pixels of the pictures that the files take, for a network that "
        "takes several; left out, the one it was trained at.",
    )
    data: str = flag(
        "",
        help="Shards whose validation pictures the files are compared on; left out, "
        "the run's own.",
    )
    license: str = flag("unspecified", help="Of the weights, for the model card.")


def main(config: ExportConfig) -> None:
    """Exports the run that the flags name."""
    import_tensorflow("export")
    from ce_tf.exporting.run import export_run

    export_run(
        Path(config.run) if config.run else None,
        Path(config.out) if config.out else None,
        formats=config.formats,
        weights=config.weights,
        size=config.size,
        data=config.data,
        license=config.license,
    )


def run(argv: Sequence[str] | None = None) -> None:
    """Exports with the flags of `argv`, or of the command line."""
    run_command(ExportConfig, main, __doc__, argv)


if __name__ == "__main__":
    run()
