from pathlib import Path

import numpy as np
import pytest

from ce_tf.erasing.eraser import Eraser
from ce_tf.exporting.web_models import run
from tests.fakes import real_photo

LIGHT = Path(__file__).parents[3] / "web" / "light" / "faithful.tflite"


def test_the_model_of_the_static_files_is_made_of_what_ships(tmp_path):
    with pytest.raises(SystemExit) as stop:
        run(["web_models", f"--out={tmp_path / 'light'}"])
    assert not stop.value.code
    photo, mask = real_photo(0, 200, 300), np.zeros((200, 300), np.uint8)
    mask[80:120, 140:190] = 1
    made, kept = (
        Eraser(path).erase(photo, mask, detail=0).astype(int)
        for path in (tmp_path / "light" / LIGHT.name, LIGHT)
    )
    assert LIGHT.stat().st_size < 3_000_000
    assert abs(made - kept).max() <= 1  # a converter of another version may round so
