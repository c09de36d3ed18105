"""From what was measured to what the report says, as plain data for JSON."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from ce_tf.evaluating.measuring import Scores
from ce_tf.evaluating.statistics import bootstrap_means, compare, estimate
from ce_tf.perceptual import FRECHET

# Share of the picture that is hole; a bin holds its upper edge.
AREA_EDGES = (0.0, 0.01, 0.05, 0.10, 0.15, 0.20, 0.25, 1.0)

# Context Encoders (arXiv 1604.07379), Table 1: L1 %, L2 %, PSNR in dB.
PUBLISHED = (
    ("NN-inpainting, HOG features", 19.92, 6.92, 12.79),
    ("NN-inpainting, their features", 15.10, 4.30, 14.70),
    ("Context Encoders, joint loss", 9.37, 1.96, 18.58),
)
PUBLISHED_SIZE = 128


def summarize(
    scores: Scores,
    compared: list[str],
    resamples: int,
    seed: int,
    frechet: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """All groups of pictures, each with every method and the paired comparisons.

    Args:
        scores: what was measured.
        compared: which of its methods are; the others are baselines.
        resamples: of the bootstrap.
        seed: of the bootstrap.
        frechet: by method, Fréchet distance over all pictures, where it was measured.

    Returns:
        `best_baseline` (by mean PSNR in the hole over all pictures), `all`, `by_kind`
        and `by_area`; each group as `summarize_group`, and `all` with
        `frechet_distance` among the methods' figures, None where it is NaN.
    """
    means = dict(zip(scores.methods, scores.of("psnr").mean(0), strict=True))
    baselines = [name for name in scores.methods if name not in compared]
    best = max(baselines, key=means.__getitem__)

    def group(chosen: np.ndarray) -> dict[str, Any]:
        return summarize_group(scores.part(chosen), compared, best, resamples, seed)

    overall = group(np.ones(len(scores.kinds), bool))
    for name, distance in (frechet or {}).items():
        overall["methods"][name][FRECHET] = _finite(distance)
    bins = np.digitize(scores.areas, AREA_EDGES[1:-1], right=True)
    return {
        "best_baseline": best,
        "all": overall,
        "by_kind": {
            str(kind): group(scores.kinds == kind) for kind in np.unique(scores.kinds)
        },
        "by_area": {
            area_name(number): group(bins == number) for number in np.unique(bins)
        },
    }


def area_name(number: int) -> str:
    """What the `number`-th bin of AREA_EDGES is called."""
    low, high = (100 * edge for edge in AREA_EDGES[number : number + 2])
    return f"over {low:.0f} %" if high == 100 else f"{low:.0f}-{high:.0f} %"


def summarize_group(
    scores: Scores, compared: list[str], best: str, resamples: int, seed: int
) -> dict[str, Any]:
    """One group of pictures.

    Returns:
        `pictures`, `mean_area`, `methods` (name -> metric -> value, low and high of
        its 95 % interval; `milliseconds` and `gradient_energy` are medians without
        one, None where there is none) and `comparisons` (name -> its PSNR against the
        best baseline's).
    """
    values = scores.values.mean(0)  # (M, K)
    # The ratio of energies may be infinite, and then has no mean.
    finite = [name for name in scores.metrics if name != "gradient_energy"]
    columns = np.stack([scores.of(name) for name in finite], -1)
    samples = bootstrap_means(columns, resamples, seed)  # (R, M, finite)
    methods = {}
    for number, method in enumerate(scores.methods):
        figures = {
            name: estimate(values[number, column], samples[:, number, place])
            for place, name in enumerate(finite)
            for column in [scores.metrics.index(name)]
        }
        place = finite.index("l2")
        figures["psnr_of_mean_error"] = estimate(
            _decibels(figures["l2"].value), _decibels(samples[:, number, place])
        )
        methods[method] = {
            **{name: dataclasses.asdict(figure) for name, figure in figures.items()},
            "gradient_energy": _finite(
                np.median(scores.of("gradient_energy")[:, number])
            ),
            "milliseconds": _finite(np.median(scores.milliseconds[:, number])),
        }
    psnr = dict(zip(scores.methods, scores.of("psnr").T, strict=True))
    return {
        "pictures": len(scores.kinds),
        "mean_area": float(scores.areas.mean()),
        "methods": methods,
        "comparisons": {
            name: dataclasses.asdict(compare(psnr[name], psnr[best], resamples, seed))
            for name in compared
        },
    }


def _decibels(error: Any) -> Any:
    """PSNR of a mean squared error of pictures from 0 to 1; at most 100 dB."""
    return -10 * np.log10(np.maximum(error, 1e-10))


def _finite(value: float) -> float | None:
    """For JSON, which has no infinity."""
    return float(value) if np.isfinite(value) else None
