"""Batch normalisation with Torch's constants, open to a faster training step."""

from collections.abc import Callable

import keras
from keras import KerasTensor


@keras.saving.register_keras_serializable("ce_tf")
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras's, over the channels of maps.

    Call: float [B, h, w, C] -> the same.

    Attributes:
        training_call: computes in Keras's place, where it is set, in training: takes
            this layer and its inputs, updates the moving statistics, returns the
            outputs (`ce_tf/training/fused_normalization.py`).
    """

    training_call: Callable[[keras.layers.Layer, KerasTensor], KerasTensor] | None = (
        None
    )

    def call(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        if training and self.trainable and self.training_call:
            return self.training_call(self, inputs)
        return super().call(inputs, training=training)


def batch_normalization(name: str, gamma: str = "ones") -> BatchNormalization:
    """Batch normalisation with Torch's constants, as the released code ran it.

    Args:
        name: of the layer.
        gamma: first scale, `ones` or `zeros`.
    """
    return BatchNormalization(
        momentum=0.9,
        epsilon=1e-5,
        gamma_initializer=gamma,
        # Each replica's own statistics would silently drift apart. Keras's other
        # backends, whose arrays span the devices, need no such thing and refuse it.
        synchronized=keras.backend.backend() == "tensorflow",
        name=name,
    )
