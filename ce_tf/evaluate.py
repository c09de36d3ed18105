"""Measures fills on held-out pictures, beside what OpenCV does for free.

    python -m ce_tf.evaluate --data=shards --model=run --out=evaluation

Every table has the mean of the visible pixels and OpenCV's two methods, on the same
pictures. `--out` gets report.md, report.json, the best, median and worst pictures and
a plot of PSNR against the hole's area. docs/evaluation.md says what each figure means.
"""

from collections.abc import Sequence

from ce_tf.command_line import run_command
from ce_tf.evaluating.config import EvaluateConfig


def main(config: EvaluateConfig) -> None:
    """Measures, writes the report and prints its tables."""
    from ce_tf.evaluating.report import format_text
    from ce_tf.evaluating.run import evaluate

    report = evaluate(config)
    print(format_text(report))
    skipped = report["skipped"]
    if skipped:
        print(f"\nLeft out: {len(skipped)} pictures, {skipped[0]['reason']}")
    print(f"\nLook at {config.out}/report.md")


def run(argv: Sequence[str] | None = None) -> None:
    """Evaluates with the flags of `argv`, or of the command line."""
    run_command(EvaluateConfig, main, __doc__, argv)


if __name__ == "__main__":
    run()
