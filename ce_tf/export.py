"""Exports a trained run as a SavedModel and a TFLite file.

    export.py --workdir=run

writes `run/export/saved_model` (signature `serving_default`, any number of pictures)
and `run/export/model.tflite` (signature `erase`, one picture). Both take uint8 `image`
[N, S, S, 3] and uint8 `mask` [N, S, S, 1], where white (any non-zero value) is the
hole, and give uint8 `image`. Each is reloaded and compared with the model before it is
kept.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from ce_tf.doors import flag, open_door
from ce_tf.quiet import import_tensorflow


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExportConfig:
    """The flags of `export.py`."""

    workdir: str = flag(help="Run folder of `train.py`.")
    out: str = flag("", help="Where the files go; left out, WORKDIR/export.")


def main(config: ExportConfig) -> None:
    import_tensorflow()
    from ce_tf.exporting.run import export_run

    export_run(Path(config.workdir), Path(config.out) if config.out else None)


def run(argv: Sequence[str] | None = None) -> None:
    """Exports with the flags of `argv`, or of the command line."""
    open_door(ExportConfig, main, __doc__, argv)


if __name__ == "__main__":
    run()
