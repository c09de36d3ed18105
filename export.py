"""Exports a run: `python export.py --help`. The same as `python -m ce_tf.export`."""

from ce_tf.export import run

if __name__ == "__main__":
    run()
