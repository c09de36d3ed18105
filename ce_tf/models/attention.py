"""Attention to what is known: the places of a hole take from those outside of it."""

from typing import Any

import keras
from keras import KerasTensor, ops

from ce_tf.models.encoder import kernel_initializer
from ce_tf.models.residual import NormalizedConv2D

# Taken from a place's score where nothing of it is known: of e^-8 of the weight.
_UNKNOWN = 8.0


@keras.saving.register_keras_serializable("ce_tf")
class KnownAttention(keras.layers.Layer):
    """One head of attention over all places of a small map, added to its input.

    Scaled dot products (Vaswani et al. 2017, arXiv 1706.03762, equation 1), whose keys
    count the less the less of their place is known; so the hole copies from the photo,
    as the contextual attention of Yu et al. 2018 (arXiv 1801.07892) does. Where nothing
    is known all places count alike. What it adds starts at 0.

    Call: x float [B, h, w, filters], known float [B, h, w, 1], the share of each
    place's pixels that is known -> float [B, h, w, filters]; h and w are static.

    Args:
        filters: of the input and the output.
        keys: numbers that a place is compared by.
        initializer: `default`, or `dcgan` for N(0, 0.02).
    """

    def __init__(
        self, filters: int, keys: int, initializer: str = "default", **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.filters = filters
        self.keys = keys
        self.initializer = initializer
        self.query, self.key, self.value = (
            keras.layers.Conv2D(
                count, 1, kernel_initializer=kernel_initializer(initializer), name=name
            )
            for name, count in (("query", keys), ("key", keys), ("value", filters))
        )
        self.out = NormalizedConv2D(
            filters,
            1,
            activate=False,
            gamma="zeros",
            initializer=initializer,
            name="out",
        )

    def build(self, x_shape: tuple, known_shape: tuple | None = None) -> None:
        for layer in (self.query, self.key, self.value):
            layer.build(x_shape)
        self.out.build(self.value.compute_output_shape(x_shape))
        super().build(x_shape)

    def call(
        self, x: KerasTensor, known: KerasTensor, training: bool = False
    ) -> KerasTensor:
        height, width = x.shape[1:3]
        places = height * width
        query, key, value = (
            ops.reshape(layer(x), (-1, places, layer.filters))
            for layer in (self.query, self.key, self.value)
        )
        scores = ops.matmul(query, ops.transpose(key, (0, 2, 1))) * self.keys**-0.5
        bias = ops.reshape((known - 1.0) * _UNKNOWN, (-1, 1, places))
        weights = ops.softmax(scores + ops.cast(bias, scores.dtype))
        taken = ops.reshape(
            ops.matmul(weights, value), (-1, height, width, self.filters)
        )
        return x + self.out(taken, training=training)

    def get_config(self) -> dict:
        config = super().get_config()
        config.update(
            filters=self.filters, keys=self.keys, initializer=self.initializer
        )
        return config
