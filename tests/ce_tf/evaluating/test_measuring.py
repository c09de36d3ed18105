import numpy as np
import pytest

from ce_tf import metrics
from ce_tf.evaluating.cases import choose_cases
from ce_tf.evaluating.examples import Example, center_hole
from ce_tf.evaluating.measuring import METRICS, Scores, measure
from ce_tf.evaluating.methods import Method, baseline_methods, short_names
from ce_tf.evaluating.summary import area_name, summarize
from ce_tf.metrics import MOST_PSNR
from ce_tf.perceptual import FRECHET
from tests.fakes import make_photo


class Pictures:
    """A source of ten generated pictures with the centre hole."""

    total = 10
    skipped = ()

    def examples(self, wanted=None):
        for index in range(10) if wanted is None else wanted:
            mask = center_hole(32, 32)[..., np.newaxis]
            yield Example(index, str(index), make_photo(index, 32, 32), mask, "center")


def make_scores(psnr: np.ndarray, areas: np.ndarray) -> Scores:
    """Scores of two methods whose PSNRs are given, [N, 2]."""
    values = np.ones((*psnr.shape, len(METRICS)))
    values[..., list(METRICS).index("psnr")] = psnr
    count = len(psnr)
    kinds = np.array(["block", "stroke"] * count)[:count]
    indices = np.arange(count) * 10
    return Scores(
        *(("base", "net"), indices, kinds, areas, values, values[..., 0]),
        metrics=tuple(METRICS),
    )


def test_each_value_is_its_metric_of_its_picture():
    methods = baseline_methods(biharmonic=False)
    scores = measure(methods, Pictures(), (32, 32))
    assert scores.values.shape == (10, 3, len(METRICS))
    for example in Pictures().examples():
        hole = example.mask[..., 0]
        for number, method in enumerate(methods):
            trio = example.image, method.fill(example), hole
            row = scores.values[example.index, number]
            found = dict(zip(METRICS, row, strict=True))
            assert found["l1"] == metrics.hole_l1(*trio)
            assert found["psnr"] == metrics.hole_psnr(*trio)
            assert found["picture_psnr"] == metrics.psnr(*trio[:2])
            assert found["picture_ssim"] == metrics.ssim(*trio[:2])
            assert found["edge_error"] == metrics.hole_gradient_error(*trio)
    assert (scores.milliseconds > 0).all()


def test_a_perfect_fill_counts_as_100_decibels():
    scores = measure(
        [Method("cheat", lambda example: example.image)], Pictures(), (32, 32)
    )
    assert (scores.of("psnr") == MOST_PSNR).all()
    summary = summarize(scores, [], 100, seed=0)
    figures = summary["all"]["methods"]["cheat"]
    assert figures["psnr"]["value"] == MOST_PSNR
    assert figures["psnr_of_mean_error"]["value"] == MOST_PSNR


class Fills(list):
    """What a set measure is told."""

    def add(self, *trio):
        self.append(trio)


def test_sets_are_told_of_each_methods_fills():
    methods = baseline_methods(biharmonic=False)[:2]
    sets = {method.name: Fills() for method in methods}
    measure(methods, Pictures(), (32, 32), METRICS, sets)
    for method in methods:
        for example, trio in zip(Pictures().examples(), sets[method.name], strict=True):
            expected = example.image, method.fill(example), example.mask[..., 0]
            for found, right in zip(trio, expected, strict=True):
                np.testing.assert_array_equal(found, right)


def test_a_set_without_a_figure_is_null_in_the_report():
    scores = make_scores(np.ones((4, 2)), np.full(4, 0.1))
    frechet = {"base": float("nan"), "net": 0.5}
    summary = summarize(scores, ["net"], 100, 0, frechet)
    figures = summary["all"]["methods"]
    assert figures["base"][FRECHET] is None
    assert figures["net"][FRECHET] == 0.5
    assert FRECHET not in summary["by_kind"]["block"]["methods"]["net"]


def test_no_method_sees_what_the_hole_hides(monkeypatch):
    seen = []

    def look(image, mask):
        seen.append(image[mask[..., 0] == 1].max())
        return image

    monkeypatch.setattr("ce_tf.baselines.mean_fill", look)
    look_method = baseline_methods(biharmonic=False)[0]
    scores = measure([look_method], Pictures(), (32, 32))
    assert len(seen) == 11  # once to warm it
    assert not any(seen)
    black = [
        metrics.hole_l1(example.image, example.hidden, example.mask[..., 0])
        for example in Pictures().examples()
    ]
    assert scores.of("l1")[:, 0] == pytest.approx(black)


def test_psnr_of_the_mean_error_is_not_the_mean_psnr():
    scores = measure(baseline_methods(biharmonic=False)[:1], Pictures(), (32, 32))
    figures = summarize(scores, [], 500, seed=0)["all"]["methods"]["mean fill"]
    error = scores.of("l2")[:, 0].mean()
    found = figures["psnr_of_mean_error"]
    assert found["value"] == pytest.approx(10 * np.log10(1 / error))
    assert found["low"] < found["value"] < found["high"]
    assert figures["psnr"]["value"] == pytest.approx(scores.of("psnr").mean())
    assert found["value"] < figures["psnr"]["value"]


def test_areas_fall_into_the_papers_bins():
    areas = np.array([0.005, 0.01, 0.03, 0.05, 0.0501, 0.12, 0.2, 0.21, 0.25, 0.3])
    scores = make_scores(np.ones((10, 2)), areas)
    groups = summarize(scores, ["net"], 100, seed=0)["by_area"]
    assert {name: group["pictures"] for name, group in groups.items()} == {
        "0-1 %": 2,
        "1-5 %": 2,
        "5-10 %": 1,
        "10-15 %": 1,
        "15-20 %": 1,
        "20-25 %": 2,
        "over 25 %": 1,
    }
    assert area_name(1) == "1-5 %"


def test_a_network_is_compared_with_the_best_baseline():
    psnr = np.array([[10.0, 12.0], [20.0, 19.0], [15.0, 18.0], [14.0, 18.0]])
    scores = make_scores(psnr, np.full(4, 0.1))
    summary = summarize(scores, ["net"], 200, seed=0)
    assert summary["best_baseline"] == "base"
    found = summary["all"]["comparisons"]["net"]
    assert found["difference"]["value"] == 2
    assert found["share_better"]["value"] == 0.75
    blocks = summary["by_kind"]["block"]
    assert blocks["pictures"] == 2
    assert blocks["comparisons"]["net"]["difference"]["value"] == 2.5


def test_cases_are_the_best_the_median_and_the_worst():
    psnr = np.random.default_rng(0).permutation(21).astype(float)
    scores = make_scores(np.stack([psnr, psnr], 1), np.full(21, 0.1))
    cases = choose_cases(scores, "net")
    assert [label for label, _ in cases] == ["best"] * 3 + ["median"] * 3 + [
        "worst"
    ] * 3
    assert [psnr[index // 10] for _, index in cases] == [
        *(20, 19, 18),
        *(11, 10, 9),
        *(2, 1, 0),
    ]
    few = make_scores(np.array([[1.0, 5.0], [2.0, 4.0]]), np.full(2, 0.1))
    assert [index for _, index in choose_cases(few, "net")] == [0, 10]


def test_models_are_called_by_what_tells_them_apart():
    assert short_names(["a/run", "b/other"]) == ["run", "other"]
    paths = ["a/run/export/model.tflite", "b/run/export/model.tflite"]
    assert short_names(paths) == paths
