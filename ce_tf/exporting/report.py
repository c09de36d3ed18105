"""`report.md`: each exported file against the model, and which one to ship."""

from collections.abc import Sequence

from ce_tf.exporting.advice import advise
from ce_tf.exporting.comparison import Reference
from ce_tf.exporting.measuring import Measured

_HEAD = (
    "| file | MB | largest difference | mean difference | PSNR, dB | loss, dB "
    "| ms, 1 thread | ms, 2 threads |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)
_NOTE = """\
Each file was loaded again and compared with the Keras model on {count} validation
pictures of {size} pixels, each with its own hole. Differences are of the completed
pictures in the hole, in levels of 0 to 255.
PSNR is in the hole, mean over the pictures: {keras:.2f} dB for the Keras model,
{mean:.2f} dB for the mean of the visible pixels. Milliseconds are for one picture on
the machine that exported; a SavedModel takes as many threads as TensorFlow has."""


def row_cells(row: Measured) -> list[str]:
    """A file's cells of the table."""
    times = [f"{value:.3g}" for value in row.milliseconds.values()]
    compared = row.comparison
    return [
        row.format.file,
        f"{row.megabytes:.3g}",
        str(compared.largest),
        f"{compared.mean:.2g}",
        f"{compared.psnr:.2f}",
        f"{round(compared.loss, 2) + 0:.2f}",
        *([""] * (2 - len(times)) + times),
    ]


def write_report(
    title: str, rows: Sequence[Measured], reference: Reference, notes: Sequence[str]
) -> str:
    """The report's text, Markdown.

    Args:
        title: what was exported.
        rows: the files.
        reference: the model that they were compared with.
        notes: further lines.
    """
    examples = reference.examples
    note = _NOTE.format(
        count=len(examples),
        size=examples.images.shape[1],
        keras=reference.psnr,
        mean=reference.mean_fill_psnr,
    )
    table = [_HEAD, *(f"| {' | '.join(row_cells(row))} |" for row in rows)]
    advice = [f"- {line}" for line in (*advise(rows), *notes)]
    ops = [f"- `{row.format.file}`: {', '.join(row.ops)}" for row in rows if row.ops]
    parts = [f"# {title}", "\n".join(table), note, "## Which one", "\n".join(advice)]
    if ops:
        parts += ["## Ops of the TFLite files", "\n".join(ops)]
    return "\n\n".join(parts) + "\n"
