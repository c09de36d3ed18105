"""Trains a run: `python train.py --help`. The same as `python -m ce_tf.train`."""

from ce_tf.train import run

if __name__ == "__main__":
    run()
