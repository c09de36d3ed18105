"""Every method on every picture: what each fill is worth, and what it took."""

import dataclasses
import sys
import time
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from ce_tf import metrics
from ce_tf.errors import InputError
from ce_tf.evaluating.examples import Example, Source, center_hole
from ce_tf.evaluating.methods import Method
from ce_tf.metrics import Metric
from ce_tf.perceptual import DISTANCE

if TYPE_CHECKING:  # it imports TensorFlow
    from ce_tf.perceptual.frechet import FrechetDistance

# In the order of `Scores.values`.
METRICS: dict[str, Metric] = {
    "l1": metrics.hole_l1,
    "l2": metrics.hole_l2,
    "psnr": metrics.hole_psnr,
    "ssim": metrics.hole_ssim,
    "picture_psnr": lambda *trio: metrics.psnr(*trio[:2]),
    "picture_ssim": lambda *trio: metrics.ssim(*trio[:2]),
    "edge_error": metrics.hole_gradient_error,
    "gradient_energy": metrics.gradient_energy_ratio,
}


@dataclasses.dataclass(frozen=True)
class Scores:
    """What was measured.

    Attributes:
        methods: names of the M methods.
        indices: place in the source of each of the N pictures, int [N].
        kinds: of each hole, str [N].
        areas: of each hole, share of the picture, float [N].
        values: float [N, M, K].
        milliseconds: that each fill took, float [N, M]; NaN where it was only read.
        metrics: names of the K values.
    """

    methods: tuple[str, ...]
    indices: np.ndarray
    kinds: np.ndarray
    areas: np.ndarray
    values: np.ndarray
    milliseconds: np.ndarray
    metrics: tuple[str, ...]

    def of(self, metric: str) -> np.ndarray:
        """One metric, float [N, M]."""
        return self.values[..., self.metrics.index(metric)]

    def part(self, chosen: np.ndarray) -> "Scores":
        """The pictures that are chosen, bool [N]."""
        rows = {
            name: getattr(self, name)[chosen]
            for name in ("indices", "kinds", "areas", "values", "milliseconds")
        }
        return dataclasses.replace(self, **rows)


def choose_measures(
    perceptual: bool,
) -> tuple[dict[str, Metric], "Mapping[str, FrechetDistance] | None"]:
    """METRICS, and perceptual and Fréchet distance where they are asked for.

    Returns:
        What `measure` takes as `metrics` and as `sets`.

    Raises:
        InputError: the package that the distances look through is missing.
    """
    if not perceptual:
        return METRICS, None
    from ce_tf.tensorflow_logs import import_tensorflow

    import_tensorflow("--perceptual")
    from ce_tf.perceptual.distance import PerceptualDistance, load_sight
    from ce_tf.perceptual.frechet import FrechetDistance

    see = load_sight()
    metrics: dict[str, Metric] = {**METRICS, DISTANCE: PerceptualDistance(see)}
    return metrics, defaultdict(lambda: FrechetDistance(see))


def measure(
    methods: Sequence[Method],
    source: Source,
    shape: tuple[int, int],
    metrics: Mapping[str, Metric] = METRICS,
    sets: "Mapping[str, FrechetDistance] | None" = None,
) -> Scores:
    """Fills each picture with each method.

    What lies in the hole is hidden from them. One picture at a time, each method warm;
    pictures are forgotten once measured.

    Args:
        methods: what is compared.
        source: of pictures and holes.
        shape: height and width of the picture that warms the methods.
        metrics: by name, what is measured of each fill.
        sets: by the method's name, what each of its fills is added to.

    Raises:
        InputError: the source gives no picture that can be used.
    """
    _warm(methods, shape)
    indices, kinds = array("q"), []
    areas, values, milliseconds = array("d"), array("d"), array("d")
    for example in tqdm(source.examples(), total=source.total, unit="picture"):
        for method in methods:
            start = time.perf_counter()
            completed = method.fill(example)
            seconds = time.perf_counter() - start if method.timed else np.nan
            milliseconds.append(seconds * 1e3)
            trio = example.image, completed, example.mask[..., 0]
            values.extend(metric(*trio) for metric in metrics.values())
            if sets is not None:
                sets[method.name].add(*trio)
        indices.append(example.index)
        kinds.append(sys.intern(example.kind))
        areas.append(example.area)
    if not indices:
        reason = f" {source.skipped[0]['reason']}" if source.skipped else ""
        raise InputError(f"none of {source.total} pictures could be measured.{reason}")
    shape = (len(indices), len(methods))
    return Scores(
        tuple(method.name for method in methods),
        np.array(indices),
        np.array(kinds),
        np.array(areas),
        np.array(values).reshape(*shape, len(metrics)),
        np.array(milliseconds).reshape(shape),
        tuple(metrics),
    )


def _warm(methods: Sequence[Method], shape: tuple[int, int]) -> None:
    """The first calls of a network build it; they are not what a picture takes."""
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    example = Example(0, "", image, center_hole(*shape)[..., np.newaxis], "center")
    for method in methods:
        for _ in range(1 if method.baseline else 3 * method.timed):
            method.fill(example)
