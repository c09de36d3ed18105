"""Every method on every picture: what each fill is worth, and what it took."""

import dataclasses
import sys
import time
from array import array
from collections.abc import Sequence

import numpy as np
from tqdm import tqdm

from ce_tf import metrics
from ce_tf.errors import InputError
from ce_tf.evaluating.examples import Source, center_hole
from ce_tf.evaluating.methods import Method

# Of one picture, its fill and the hole; in the order of `Scores.values`.
METRICS = {
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
        values: float [N, M, METRICS].
        milliseconds: that each fill took, float [N, M].
    """

    methods: tuple[str, ...]
    indices: np.ndarray
    kinds: np.ndarray
    areas: np.ndarray
    values: np.ndarray
    milliseconds: np.ndarray

    def of(self, metric: str) -> np.ndarray:
        """One metric, float [N, M]."""
        return self.values[..., list(METRICS).index(metric)]

    def part(self, chosen: np.ndarray) -> "Scores":
        """The pictures that are chosen, bool [N]."""
        rows = {
            name: getattr(self, name)[chosen]
            for name in ("indices", "kinds", "areas", "values", "milliseconds")
        }
        return dataclasses.replace(self, **rows)


def measure(methods: Sequence[Method], source: Source, size: int) -> Scores:
    """Fills each picture with each method.

    What lies in the hole is hidden from them. One picture at a time, each method warm;
    pictures are forgotten once measured.

    Args:
        methods: what is compared.
        source: of pictures and holes.
        size: side of the pictures.

    Raises:
        InputError: the source gives no picture that can be used.
    """
    _warm(methods, size)
    indices, kinds = array("q"), []
    areas, values, milliseconds = array("d"), array("d"), array("d")
    for example in tqdm(source.examples(), total=source.total, unit="picture"):
        hidden = example.hidden
        for method in methods:
            start = time.perf_counter()
            completed = method.fill(hidden, example.mask)
            milliseconds.append((time.perf_counter() - start) * 1e3)
            trio = example.image, completed, example.mask[..., 0]
            values.extend(metric(*trio) for metric in METRICS.values())
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
        np.array(values).reshape(*shape, len(METRICS)),
        np.array(milliseconds).reshape(shape),
    )


def _warm(methods: Sequence[Method], size: int) -> None:
    """The first calls of a network build it; they are not what a picture takes."""
    image = np.random.default_rng(0).integers(0, 256, (size, size, 3), np.uint8)
    for method in methods:
        for _ in range(3 if method.trained else 1):
            method.fill(image, center_hole(size)[..., np.newaxis])
