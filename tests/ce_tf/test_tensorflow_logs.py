import json
import os
import subprocess
import sys

import numpy as np
import pytest

CODE = """
import os, sys
from ce_tf.tensorflow_logs import import_tensorflow
if len(sys.argv) > 1:
    class Loud:
        def find_spec(self, name, path=None, target=None):
            if name == "tensorflow.python":
                os.write(2, b"I0000 a note\\nW0000 a warning\\n")
    sys.meta_path.insert(0, Loud())
import_tensorflow()
assert "tensorflow" in sys.modules
"""


def call(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", CODE, *arguments], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_tensorflow_is_imported_without_its_notes():
    assert call() == ""


HELD = """
import os, sys, threading
from ce_tf.tensorflow_logs import without_notes
def load(number):
    with without_notes():
        os.write(2, b"INFO: a delegate\\n")
        print(f"error {number}", file=sys.stderr)
threads = [threading.Thread(target=load, args=[number]) for number in range(20)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
os.write(2, b"INFO: what comes later\\n")
"""


def test_threads_hold_back_their_notes_and_nothing_else():
    command = [sys.executable, "-c", HELD]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    *errors, last = done.stderr.splitlines()
    assert sorted(errors) == sorted(f"error {number}" for number in range(20))
    assert last == "INFO: what comes later"


def test_a_warning_is_still_shown():
    assert call("loud") == "W0000 a warning\n"


OWN = """
import sys
import numpy as np
import ce_tf
from ce_tf.tensorflow_logs import import_tensorflow
import_tensorflow()
import keras
assert keras.backend.backend() == "tensorflow"
assert keras.config.image_data_format() == "channels_last"
assert keras.config.floatx() == "float32"
picture = np.linspace(-1, 1, 64 * 64 * 3, dtype="float32").reshape(1, 64, 64, 3)
mask = np.zeros((1, 64, 64, 1), "float32")
mask[:, 20:40, 10:50] = 1
fake = ce_tf.load()({"image": picture * (1 - mask), "mask": mask})
assert fake.dtype == "float32"
sys.stdout.buffer.write(fake.numpy().tobytes())
"""


def fill(environment: dict[str, str]) -> np.ndarray:
    done = subprocess.run(
        [sys.executable, "-c", OWN], capture_output=True, env=os.environ | environment
    )
    assert done.returncode == 0, done.stderr.decode()
    return np.frombuffer(done.stdout, np.float32)


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_settings_of_keras_for_other_programs_do_not_count(tmp_path, backend):
    settings = {"image_data_format": "channels_first", "floatx": "float16"}
    for folder in (tmp_path / ".keras", tmp_path / "own"):
        folder.mkdir()
        text = json.dumps(settings | {"backend": backend})
        (folder / "keras.json").write_text(text)
    expected = fill({"HOME": str(tmp_path / "none")})
    homes = {"HOME": str(tmp_path), "KERAS_HOME": str(tmp_path / "own")}
    found = fill(homes | {"KERAS_BACKEND": backend})
    assert found.shape == (64 * 64 * 3,)
    # The same network on the same processor: an order of sums may differ.
    np.testing.assert_allclose(found, expected, atol=1e-5)
