import subprocess
import sys

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
