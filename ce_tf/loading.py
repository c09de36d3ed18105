"""`ce_tf.load`: a trained network as the Keras model that it is."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ce_tf.pretrained.files import PRETRAINED
from ce_tf.tensorflow_logs import import_tensorflow

if TYPE_CHECKING:
    import keras


def load(path: str | os.PathLike = PRETRAINED) -> "keras.Model":
    """Loads a trained generator, to look at, to train on or to build into a model.

    Call: `{"image": float [B, S, S, 3] in [-1, 1], hole filled, "mask": float [B, S, S,
    1], 1 = hole}` -> float [B, S, S, 3] in [-1, 1]; S is the model's `size`, or another
    multiple of its `multiple`.

    Args:
        path: `pretrained`, which ships with the package; a run
            folder of `train.py`, of which it is the best checkpoint; what `export.py`
            wrote; a `.keras` file of such a network, saved by whatever; or a
            `.weights.h5` file of an earlier export.

    Raises:
        InputError: it is none of these or cannot be read, or TensorFlow is missing.
    """
    import_tensorflow("ce_tf.load")
    from ce_tf.training.weights import load_generator

    return load_generator(Path(path)).generator
