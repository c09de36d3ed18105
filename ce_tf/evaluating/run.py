"""From the flags of an evaluation to its report."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ce_tf.errors import InputError
from ce_tf.evaluating.cases import choose_cases, draw_cases
from ce_tf.evaluating.config import EvaluateConfig
from ce_tf.evaluating.examples import Source, center_hole
from ce_tf.evaluating.mask_files import MaskFiles
from ce_tf.evaluating.measuring import Scores, choose_measures, measure
from ce_tf.evaluating.methods import Method, baseline_methods, load_models
from ce_tf.evaluating.outputs import open_outputs
from ce_tf.evaluating.photos import (
    MakeHole,
    PhotoExamples,
    draw_pictures,
    find_pictures,
)
from ce_tf.evaluating.plot import draw_plot
from ce_tf.evaluating.report import open_report, write_report
from ce_tf.evaluating.silhouettes import SilhouetteHoles, find_labels
from ce_tf.evaluating.summary import PUBLISHED, PUBLISHED_SIZE, summarize

_DEFAULT_SIZE = 128
# What the report repeats of the flags.
_SETTINGS = (
    *("data", "images", "labels", "label_list", "hole_area", "masks"),
    *("protocol", "outputs", "pictures", "seed", "resamples"),
)


def evaluate(config: EvaluateConfig) -> dict[str, Any]:
    """Measures, and writes the report into `config.out`.

    Returns:
        What report.json holds.

    Raises:
        InputError: something given cannot be used.
    """
    baselines = baseline_methods(config.biharmonic)
    models = load_models(config.model)
    size = _common_size(config, models)
    source, photos = open_source(config, size)
    methods = [*baselines, *models, *open_outputs(config.outputs, photos)]
    _require_different_names(methods)
    metrics, sets = choose_measures(config.perceptual)
    out = Path(config.out)
    open_report(out)
    scores = measure(methods, source, _shape_of(size), metrics, sets)
    compared = [method.name for method in methods if not method.baseline]
    frechet = {name: fills.result() for name, fills in (sets or {}).items()}
    summary = summarize(scores, compared, config.resamples, config.seed, frechet)
    published = config.protocol == "center" and size == PUBLISHED_SIZE
    report = {
        "schema": 2,
        "protocol": config.protocol,
        "size": size,
        "settings": {
            name: getattr(config, name)
            for name in _SETTINGS
            if getattr(config, name) not in (None, ())
        },
        "methods": [
            {
                name: getattr(method, name)
                for name in ("name", "baseline", "description", "path")
            }
            for method in methods
        ],
        **summary,
        "published": [
            dict(zip(("method", "l1_percent", "l2_percent", "psnr"), row, strict=True))
            for row in (PUBLISHED if published else ())
        ],
        "skipped": list(source.skipped),
    }
    shown = compared or [summary["best_baseline"]]
    grids = _draw_grids(scores, source, methods, shown)
    write_report(out, report, grids, draw_plot(scores, summary["by_area"]))
    return report


def open_source(
    config: EvaluateConfig, size: int | None
) -> tuple[Source, Sequence[Path]]:
    """The pictures and holes that the flags ask for, and of photos their files.

    Args:
        config: the flags.
        size: side of the pictures; None for photos of their own size.
    """
    center = config.protocol == "center"
    if config.data is not None:
        from ce_tf.tensorflow_logs import import_tensorflow

        import_tensorflow("--data")
        from ce_tf.evaluating.shards import ShardExamples

        size = size or _DEFAULT_SIZE
        return ShardExamples(config.data, size, config.pictures, center), ()
    found = find_pictures(str(config.images), "images")
    photos = draw_pictures(found, config.pictures, config.seed)
    holes: MakeHole
    if center:
        kind, holes = "center", lambda index, path, shape: center_hole(*shape)
    elif config.labels is not None:
        labels = find_labels(config.labels, config.label_list)
        shape = _shape_of(size)
        kind = "silhouette"
        holes = SilhouetteHoles(labels, shape, config.areas, config.seed)
    else:
        kind, holes = "mask", MaskFiles(str(config.masks), photos, size)
    return PhotoExamples(photos, size, kind, holes), photos


def measure_psnr(data: str, model: str | Path, limit: int) -> dict[str, np.ndarray]:
    """PSNR in the hole of each validation picture, for the model and the baselines.

    Args:
        data: folder of shards; each val picture with the val hole of its number.
        model: what `--model` takes.
        limit: at most so many pictures.

    Returns:
        Name of the method ("model" for the model) -> float [pictures], dB.

    Raises:
        InputError: the model or the data cannot be used.
    """
    models = load_models([str(model)])
    config = EvaluateConfig(data=data, pictures=limit)
    size = _common_size(config, models)
    source, _ = open_source(config, size)
    methods = [*baseline_methods(biharmonic=False), *models]
    scores = measure(methods, source, _shape_of(size))
    names = [*scores.methods[:-1], "model"]
    return dict(zip(names, scores.of("psnr").T, strict=True))


def _common_size(config: EvaluateConfig, models: list[Method]) -> int | None:
    """Side of all pictures: the bare networks', or --size; None is their own size."""
    bare = next((method for method in models if method.size is not None), None)
    if bare is None:
        any_size = models or config.outputs
        return config.size or (None if any_size else _DEFAULT_SIZE)
    if config.size not in (None, bare.size):
        raise InputError(
            f"--size={config.size}, but --model={bare.path} takes pictures of "
            f"{bare.size} pixels. Leave --size out."
        )
    if config.outputs:
        raise InputError(
            f"--outputs={config.outputs[0]} are of the photos' own size, but "
            f"--model={bare.path} takes pictures of {bare.size} pixels: give "
            f"--model=eraser:{bare.path}, which takes any."
        )
    return bare.size


def _shape_of(size: int | None) -> tuple[int, int]:
    return (size or _DEFAULT_SIZE,) * 2


def _require_different_names(methods: Sequence[Method]) -> None:
    names = [method.name for method in methods]
    for method in methods:
        if names.count(method.name) > 1:
            raise InputError(
                f"two methods are called {method.name!r}; name outputs otherwise: "
                "--outputs=DIR:NAME."
            )


def _draw_grids(
    scores: Scores, source: Source, methods: list[Method], shown: list[str]
) -> dict[str, np.ndarray]:
    """The cases of each method in `shown`; the pictures are read once more."""
    cases = {name: choose_cases(scores, name) for name in shown}
    wanted = {index for chosen in cases.values() for _, index in chosen}
    examples = {example.index: example for example in source.examples(wanted)}
    return {
        name: draw_cases([(label, examples[i]) for label, i in chosen], methods)
        for name, chosen in cases.items()
    }
