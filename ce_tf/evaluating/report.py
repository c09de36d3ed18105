"""The report in a folder: report.json, report.md, cases_N.png and area.png."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ce_tf.errors import InputError
from ce_tf.evaluating import tables
from ce_tf.files import write_bytes
from ce_tf.images.codec import encode_image

JSON, MARKDOWN, PLOT = "report.json", "report.md", "area.png"


def open_report(out: Path) -> None:
    """Makes the folder, and takes away the pictures of an earlier report in it.

    Raises:
        InputError: it cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path in out.glob("cases_[0-9]*.png"):
            path.unlink()
    except OSError as error:
        raise InputError(
            f"--out={out} cannot be written: {error.strerror or error}."
        ) from None
    # Whether files can be made there is known now, not after the work.
    write_bytes(out / MARKDOWN, b"This evaluation has not ended.\n")


def write_report(
    out: Path, report: dict[str, Any], grids: dict[str, Any], plot: Any
) -> None:
    """Writes all of it.

    Args:
        out: an existing folder.
        report: plain data.
        grids: by method, the grid of its cases, uint8 [H, W, 3].
        plot: uint8 [H, W, 3].

    Raises:
        InputError: it cannot be written.
    """
    names = {}
    for number, (method, grid) in enumerate(grids.items(), 1):
        names[method] = f"cases_{number}.png"
        write_bytes(out / names[method], encode_image(grid, ".png"))
    write_bytes(out / PLOT, encode_image(plot, ".png"))
    text = json.dumps(report, indent=1, allow_nan=False)
    write_bytes(out / JSON, f"{text}\n".encode())
    write_bytes(out / MARKDOWN, format_markdown(report, names).encode())


def format_text(report: dict[str, Any]) -> str:
    """For the terminal."""
    parts = [_title(report), *_sections(report, tables.as_text)]
    return "\n\n".join(parts)


def format_markdown(report: dict[str, Any], grids: dict[str, str]) -> str:
    """For reading, with the pictures; `grids` are the files of each method."""
    parts = [f"# {_title(report)}", *_sections(report, tables.as_markdown, "## ")]
    parts += [f"## PSNR against the hole's area\n\n![plot]({PLOT})"]
    for method, name in grids.items():
        parts.append(
            f"## Best, median and worst of {method}\n\n"
            f"By PSNR in the hole.\n\n![grid]({name})"
        )
    parts.append("## What was measured\n\n" + "\n".join(_facts(report)))
    return "\n\n".join(parts) + "\n"


def _title(report: dict[str, Any]) -> str:
    size = report["size"]
    sides = f"{size}x{size}" if size else "their own size"
    return (
        f"Fills of {report['all']['pictures']} pictures of {sides}, "
        f"protocol {report['protocol']}"
    )


def _sections(report: dict[str, Any], render: Any, mark: str = "") -> Sequence[str]:
    notes = "\n".join(f"- {note}" for note in tables.NOTES)
    parts = [render(tables.overall_table(report))]
    if report["published"]:
        parts.append(f"{tables.PUBLISHED_NOTE}\n\n{render(tables.published_table())}")
    parts += tables.comparison_lines(report)
    for key, title in (("by_kind", "kind of hole"), ("by_area", "area of the hole")):
        for metric, name in tables.group_metrics(report).items():
            table = tables.group_table(report[key], title, metric)
            parts.append(f"{mark}{name} by {title}\n\n{render(table)}")
    return [*parts, f"{mark}How to read this\n\n{notes}"]


def _facts(report: dict[str, Any]) -> list[str]:
    lines = [f"- {name}: `{value}`" for name, value in report["settings"].items()]
    lines += [
        f"- {method['name']}: {method['description']}, `{method['path']}`"
        for method in report["methods"]
        if not method["baseline"]
    ]
    lines += [
        f"- left out: {entry['file']}: {entry['reason']}" for entry in report["skipped"]
    ]
    return lines
