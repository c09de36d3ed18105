import subprocess
import sys

CODE = """
import os, sys
from ce_tf.tensorflow_logs import import_tensorflow
if len(sys.argv) > 1:
    class Loud:
        def find_spec(self, name, path=None, target=None):
            if name == "tensorflow":
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


def test_a_warning_is_still_shown():
    assert call("loud") == "W0000 a warning\n"
