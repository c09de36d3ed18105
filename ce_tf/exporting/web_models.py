"""Writes the first model of `web/dist`: what ships, with weights of 8 bits.

    python -m ce_tf.exporting.web_models

For those who release the package, after `ce_tf.exporting.release`. Half the bytes to
load; a few levels of 255 off at most. (`vivid` would be further off, and is loaded only
where it is chosen: it stays as it is.)
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from ce_tf.command_line import flag, run_command
from ce_tf.pretrained.files import FAITHFUL
from ce_tf.tensorflow_logs import import_tensorflow


@dataclasses.dataclass(frozen=True, kw_only=True)
class WebModelsConfig:
    """The flags of `python -m ce_tf.exporting.web_models`."""

    out: str = flag("web/light", help="Folder for the files.")


def main(config: WebModelsConfig) -> None:
    """Writes the file."""
    import_tensorflow("packing for the web")
    import numpy as np

    from ce_tf.erasing.eraser import Eraser
    from ce_tf.exporting.examples import Examples
    from ce_tf.exporting.tflite import convert
    from ce_tf.files import write_bytes
    from ce_tf.training.weights import load_generator

    none = Examples(np.empty(0), np.empty(0))  # only whole numbers need any
    trained, size = load_generator(Path(FAITHFUL)), Eraser(FAITHFUL).size
    data = convert(trained.generator, trained.fill_color, size, "dynamic", none)
    out = Path(config.out)
    out.mkdir(parents=True, exist_ok=True)
    write_bytes(out / f"{FAITHFUL}.tflite", data)
    print(f"{FAITHFUL}: {len(data) / 1e6:.2f} MB")


def run(argv: Sequence[str] | None = None) -> None:
    """Writes with the flags of `argv`, or of the command line."""
    run_command(WebModelsConfig, main, __doc__, argv)


if __name__ == "__main__":
    run()
