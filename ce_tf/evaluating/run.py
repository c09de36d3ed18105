"""From the flags of an evaluation to its report."""

from pathlib import Path
from typing import Any

import numpy as np

from ce_tf.errors import InputError
from ce_tf.evaluating.cases import choose_cases, draw_cases
from ce_tf.evaluating.config import EvaluateConfig
from ce_tf.evaluating.examples import Source, center_hole
from ce_tf.evaluating.mask_files import MaskFiles
from ce_tf.evaluating.measuring import Scores, choose_metrics, measure
from ce_tf.evaluating.methods import Method, baseline_methods, load_models
from ce_tf.evaluating.photos import PhotoExamples, draw_pictures, find_pictures
from ce_tf.evaluating.plot import draw_plot
from ce_tf.evaluating.report import open_report, write_report
from ce_tf.evaluating.silhouettes import SilhouetteHoles, find_labels
from ce_tf.evaluating.summary import PUBLISHED, PUBLISHED_SIZE, summarize

_DEFAULT_SIZE = 128
# What the report repeats of the flags.
_SETTINGS = (
    *("data", "images", "labels", "label_list", "hole_area", "masks"),
    *("protocol", "pictures", "seed", "resamples"),
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
    source = open_source(config, size)
    metrics = choose_metrics(config.perceptual)
    out = Path(config.out)
    open_report(out)
    methods = [*baselines, *models]
    scores = measure(methods, source, size, metrics)
    trained = [method.name for method in models]
    summary = summarize(scores, trained, config.resamples, config.seed)
    published = config.protocol == "center" and size == PUBLISHED_SIZE
    report = {
        "schema": 1,
        "protocol": config.protocol,
        "size": size,
        "settings": {
            name: getattr(config, name)
            for name in _SETTINGS
            if getattr(config, name) is not None
        },
        "methods": [
            {
                name: getattr(method, name)
                for name in ("name", "trained", "description", "path")
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
    shown = trained or [summary["best_baseline"]]
    grids = _draw_grids(scores, source, methods, shown)
    write_report(out, report, grids, draw_plot(scores, summary["by_area"]))
    return report


def open_source(config: EvaluateConfig, size: int) -> Source:
    """The pictures and holes that the flags ask for, of side `size`."""
    center = config.protocol == "center"
    if config.data is not None:
        from ce_tf.tensorflow_logs import import_tensorflow

        import_tensorflow()
        from ce_tf.evaluating.shards import ShardExamples

        return ShardExamples(config.data, size, config.pictures, center)
    found = find_pictures(str(config.images), "images")
    photos = draw_pictures(found, config.pictures, config.seed)
    if center:
        return PhotoExamples(photos, size, "center", lambda *_: center_hole(size))
    if config.labels is not None:
        labels = find_labels(config.labels, config.label_list)
        holes = SilhouetteHoles(labels, size, config.areas, config.seed)
        return PhotoExamples(photos, size, "silhouette", holes)
    return PhotoExamples(
        photos, size, "mask", MaskFiles(str(config.masks), photos, size)
    )


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
    source = open_source(config, size)
    methods = [*baseline_methods(biharmonic=False), *models]
    scores = measure(methods, source, size)
    names = [*scores.methods[:-1], "model"]
    return dict(zip(names, scores.of("psnr").T, strict=True))


def _common_size(config: EvaluateConfig, models: list[Method]) -> int:
    size = models[0].size if models else None
    if size is None:
        return config.size or _DEFAULT_SIZE
    if config.size not in (None, size):
        raise InputError(
            f"--size={config.size}, but --model={config.model[0]} takes pictures of "
            f"{size} pixels. Leave --size out."
        )
    return size


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
