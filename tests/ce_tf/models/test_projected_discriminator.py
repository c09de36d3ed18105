import keras
import numpy as np
import pytest

from ce_tf.models import DISCRIMINATORS

SHAPES = ((16, 16, 5), (8, 8, 7), (4, 4, 9), (2, 2, 11))


def make_features(count: int = 3) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(0, 9, (count, *shape)).astype(np.float32) for shape in SHAPES]


@pytest.fixture(scope="module")
def judge() -> keras.Model:
    keras.utils.set_random_seed(0)
    judge = DISCRIMINATORS["projected"](width=1 / 4)
    judge({"features": make_features()})
    return judge


def test_each_level_has_logits_of_its_own(judge):
    features = make_features()
    logits = judge({"features": features})
    assert [x.shape for x in logits] == [
        *((3, 8, 8, 1), (3, 4, 4, 1)),  # finer ones at half their side
        *((3, 4, 4, 1), (3, 2, 2, 1)),
    ]
    for level, changed in enumerate(features):
        other = [x.copy() for x in features]
        other[level] = changed[::-1]
        same = [
            np.allclose(a, b)
            for a, b in zip(logits, judge({"features": other}), strict=True)
        ]
        assert same == [number != level for number in range(4)]


def test_strength_is_not_looked_at(judge):
    features = make_features()
    stronger = [10 * level for level in features]
    for a, b in zip(
        judge({"features": features}), judge({"features": stronger}), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)


def test_projections_are_fixed_and_width_multiplies(judge):
    shapes = [mixer.kernel.shape for mixer in judge.mixers]
    assert shapes == [(1, 1, 5, 8), (1, 1, 7, 12), (1, 1, 9, 16), (1, 1, 11, 16)]
    trained = {variable.path for variable in judge.trainable_variables}
    assert not trained & {mixer.kernel.path for mixer in judge.mixers}
    assert len(trained) == 4 * 2 * 2  # kernel and bias of two layers a level
    again = DISCRIMINATORS["projected"].from_config(judge.get_config())
    assert again.width == judge.width
