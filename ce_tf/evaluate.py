"""Measures a model on validation pictures, beside what OpenCV does for free.

    python -m ce_tf.evaluate --data=shards --model=run/export/saved_model

prints the PSNR in the hole, in dB, higher is better: the mean over the pictures.
"""

import dataclasses
from collections.abc import Sequence

from ce_tf.doors import flag, open_door
from ce_tf.errors import InputError
from ce_tf.quiet import import_tensorflow


@dataclasses.dataclass(frozen=True, kw_only=True)
class EvaluateConfig:
    """The flags of `python -m ce_tf.evaluate`."""

    data: str = flag(help="Folder of shards; its val pictures and holes are used.")
    model: str = flag(help="SavedModel folder or .tflite file that export.py wrote.")
    limit: int = flag(1000, help="Measure at most so many pictures.")

    def __post_init__(self):
        if self.limit < 1:
            raise InputError(f"--limit={self.limit} must be at least 1.")


def main(config: EvaluateConfig) -> None:
    import_tensorflow()
    from ce_tf.evaluation import measure_psnr

    scores = measure_psnr(config.data, config.model, config.limit)
    print(format_psnr(scores))


def format_psnr(scores: dict) -> str:
    """A table of `evaluation.measure_psnr`'s result."""
    count = len(next(iter(scores.values())))
    lines = [f"PSNR in the hole, mean of {count} validation pictures:"]
    lines += [f"  {name:<22}{values.mean():6.2f} dB" for name, values in scores.items()]
    return "\n".join(lines)


def run(argv: Sequence[str] | None = None) -> None:
    """Evaluates with the flags of `argv`, or of the command line."""
    open_door(EvaluateConfig, main, __doc__, argv)


if __name__ == "__main__":
    run()
