"""Which of the exported files to ship, by what was measured."""

from collections.abc import Sequence

from ce_tf.exporting.formats import FORMATS, SAVED_MODEL
from ce_tf.exporting.measuring import THREADS, Measured

# Files whose times, or sizes, differ by no more than this factor count as equal.
_SAME = 1.1
# dB in the hole below the model that nobody sees.
UNSEEN = 0.05


def advise(rows: Sequence[Measured]) -> list[str]:
    """Plain sentences: what for a server, what for a phone, what for nobody."""
    lines = []
    files = [row for row in rows if row.format.name != SAVED_MODEL]
    if len(files) < len(rows):
        lines.append(f"Servers: ship `{FORMATS[SAVED_MODEL].file}`.")
    if not files:
        return lines
    good = [row for row in files if row.comparison.loss <= UNSEEN] or files
    fastest = min(map(_time, good))
    # Of equally fast ones a small one, and of those the nearest to the model.
    fast = [row for row in good if _time(row) <= _SAME * fastest]
    small = min(row.megabytes for row in fast)
    chosen = min(
        (row for row in fast if row.megabytes <= _SAME * small),
        key=lambda row: row.comparison.mean,
    )
    lines.append(f"Phones and LiteRT: ship `{chosen.format.file}`: {_words(chosen)}.")
    for row in files:
        if _is_worse(row, files):
            lines.append(
                f"On a CPU nobody needs `{row.format.file}`: it takes "
                f"{_time(row):.3g} ms, longer than float32, and `{chosen.format.file}` "
                "is faster and no larger."
            )
        elif row not in good:
            lines.append(
                f"`{row.format.file}` is {row.comparison.loss:.2f} dB below the model: "
                "for a processor that has nothing else, a DSP or an NPU."
            )
        elif _SAME * row.megabytes < chosen.megabytes:
            lines.append(
                f"`{row.format.file}` is smaller, {row.megabytes:.3g} MB, and slower, "
                f"{_time(row):.3g} ms: for where room is dearer than time."
            )
    if not any(row.format.name == "dynamic" for row in files):
        lines.append(
            "Not measured: --formats=dynamic, which is a quarter of float32's size, "
            "usually faster on a CPU, and near the model."
        )
    return lines


def _is_worse(row: Measured, files: Sequence[Measured]) -> bool:
    """Slower than float32, and another file is faster and no larger."""
    plain = [_time(other) for other in files if other.format.name == "float32"]
    return any(_time(row) > _SAME * time for time in plain) and any(
        _time(other) < _time(row) and other.megabytes <= _SAME * row.megabytes
        for other in files
    )


def _time(row: Measured) -> float:
    return row.milliseconds[THREADS[-1]]


def _words(row: Measured) -> str:
    loss = max(row.comparison.loss, 0)
    return (
        f"{_time(row):.3g} ms with {THREADS[-1]} threads on this machine, "
        f"{row.megabytes:.3g} MB, {loss:.2f} dB below the model"
    )
