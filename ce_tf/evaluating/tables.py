"""The tables of a report: rows of text, for the terminal and for Markdown."""

from collections.abc import Sequence
from typing import Any

from ce_tf.evaluating.summary import PUBLISHED
from ce_tf.perceptual import DISTANCE, FRECHET

Table = list[list[str]]

NOTES = (
    "In brackets: 95 % bootstrap intervals over the pictures.",
    "L1, L2, PSNR, SSIM and edge error: over the hole; L1, L2 and edge error in % of "
    "the range, lower is better; PSNR in dB, higher is better.",
    "PSNR is the mean of the pictures' PSNRs; PSNR of mean error that of the mean L2.",
    "Picture: PSNR and SSIM of the whole completed picture.",
    "Detail: gradient energy in the hole as a share of the true one's, median; 0 is "
    "flat.",
    "Distance: perceptual, from 0; lower is better.",
    "Fréchet: of the fills as a set from the photos, as a share of how the photos "
    "spread; lower is better; compare it within this report alone.",
    "ms: median time of one fill, one picture at a time (batch 1), networks warm, on "
    "this machine; of pictures that were only read there is none.",
)
PUBLISHED_NOTE = (
    "Published, another data set (Paris StreetView), not measured here: Context "
    "Encoders (arXiv 1604.07379), Table 1."
)


def overall_table(report: dict[str, Any]) -> Table:
    """Every metric of every method, over all pictures."""
    methods = report["all"]["methods"]
    distance = ["distance", "Fréchet"] if _has_distance(methods) else []
    table = [
        [
            *("method", "L1 %", "L2 %", "PSNR", "PSNR of mean error", "SSIM"),
            *("picture PSNR", "picture SSIM", "edge error %", "detail"),
            *distance,
            "ms",
        ]
    ]
    for name, figures in methods.items():
        table.append(
            [
                name,
                f"{100 * figures['l1']['value']:.2f}",
                f"{100 * figures['l2']['value']:.2f}",
                _with_interval(figures["psnr"]),
                f"{figures['psnr_of_mean_error']['value']:.2f}",
                f"{figures['ssim']['value']:.3f}",
                f"{figures['picture_psnr']['value']:.2f}",
                f"{figures['picture_ssim']['value']:.3f}",
                f"{100 * figures['edge_error']['value']:.2f}",
                _or_dash(figures["gradient_energy"], 2),
                *(_distances(figures) if distance else []),
                _or_dash(figures["milliseconds"], 1),
            ]
        )
    return table


def published_table() -> Table:
    """The paper's rows, with the columns that it has."""
    return [
        ["method", "L1 %", "L2 %", "PSNR"],
        *([name, *(f"{x:.2f}" for x in figures)] for name, *figures in PUBLISHED),
    ]


def group_metrics(report: dict[str, Any]) -> dict[str, str]:
    """What is shown of each group of pictures: metric -> its title."""
    shown = {"psnr": "PSNR in the hole"}
    if _has_distance(report["all"]["methods"]):
        shown[DISTANCE] = "Perceptual distance"
    return shown


def group_table(groups: dict[str, Any], title: str, metric: str) -> Table:
    """One metric of every method, a row a group."""
    methods = list(next(iter(groups.values()))["methods"])
    digits = 3 if metric == DISTANCE else 2
    return [
        [title, "pictures", *methods],
        *(
            [
                name,
                str(group["pictures"]),
                *(_with_interval(group["methods"][m][metric], digits) for m in methods),
            ]
            for name, group in groups.items()
        ),
    ]


def comparison_lines(report: dict[str, Any]) -> list[str]:
    """What the paired comparisons say, a sentence each."""
    lines = []
    for name, found in report["all"]["comparisons"].items():
        difference, share = found["difference"], found["share_better"]
        if difference["low"] > 0:
            verdict = "better than"
        elif difference["high"] < 0:
            verdict = "worse than"
        else:
            verdict = "not to be told from"
        lines.append(
            f"{name} is {verdict} {report['best_baseline']}, the best baseline: "
            f"{difference['value']:+.2f} dB "
            f"[{difference['low']:+.2f}, {difference['high']:+.2f}], better on "
            f"{100 * share['value']:.0f} % of the pictures "
            f"[{100 * share['low']:.0f}, {100 * share['high']:.0f}]."
        )
    return lines


def as_text(table: Table) -> str:
    """Columns under each other; the first to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in table
    )


def as_markdown(table: Table) -> str:
    """A Markdown table; the first row is its head."""
    head, *rows = (_markdown_row(row) for row in table)
    rule = _markdown_row(["---", *["---:"] * (len(table[0]) - 1)])
    return "\n".join([head, rule, *rows])


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _or_dash(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _distances(figures: dict[str, Any]) -> list[str]:
    return [_with_interval(figures[DISTANCE], 3), _or_dash(figures[FRECHET], 3)]


def _has_distance(methods: dict[str, Any]) -> bool:
    return DISTANCE in next(iter(methods.values()))


def _with_interval(figure: dict[str, float], digits: int = 2) -> str:
    value, low, high = (
        f"{figure[name]:.{digits}f}" for name in ("value", "low", "high")
    )
    return f"{value} [{low}, {high}]"
