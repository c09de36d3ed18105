"""What is compared is loaded once."""

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import interpreter

from ce_tf.erasing.eraser import Eraser
from ce_tf.evaluating.examples import Example
from ce_tf.evaluating.methods import load_models
from ce_tf.pretrained.files import find_model


@pytest.mark.parametrize("model", ["eraser", f"eraser:{find_model()}", "pretrained"])
def test_a_file_is_loaded_once(model, monkeypatch):
    loaded = []

    class Counted(interpreter.Interpreter):
        def __init__(self, path: str, **settings):
            loaded.append(Path(path))
            super().__init__(path, **settings)

    monkeypatch.setattr(interpreter, "Interpreter", Counted)
    (method,) = load_models([model])
    image = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
    mask = np.zeros((256, 256, 1), np.uint8)
    mask[100:130, 90:140] = 1
    filled = method.fill(Example(0, "", image, mask, "square"))
    assert loaded == [find_model()]
    if model != "pretrained":  # which is the network alone
        erased = Eraser().erase(image, mask[..., 0])
        np.testing.assert_array_equal(filled, erased)
