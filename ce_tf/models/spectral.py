"""Convolution whose kernel is divided by its largest singular value."""

import keras
from keras import KerasTensor, ops


@keras.saving.register_keras_serializable("ce_tf")
class SpectralConv2D(keras.layers.Conv2D):
    """`Conv2D` with spectral normalisation: Miyato et al. 2018, arXiv 1802.05957.

    The kernel [k, k, C, filters], as a matrix [k k C, filters], is divided by its
    largest singular value, which one step of power iteration a training call follows
    (algorithm 1). The gradient goes through that value (equation 11), which a layer
    that overwrites its kernel would lose.

    Call: as `Conv2D`, and `training`, which moves the power iteration on.
    """

    def build(self, input_shape: tuple) -> None:
        super().build(input_shape)
        self.direction = self.add_weight(
            name="direction",
            shape=(1, self.filters),
            initializer=keras.initializers.RandomNormal(),
            trainable=False,
        )

    def call(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        # In float32: in half precision the power iteration does not converge.
        kernel = ops.cast(self.kernel.value, "float32")
        matrix = ops.reshape(kernel, (-1, self.filters))
        right = _normalize(ops.cast(self.direction.value, "float32"))
        left = _normalize(ops.matmul(right, ops.transpose(matrix)))
        if training:
            right = _normalize(ops.matmul(left, matrix))
            self.direction.assign(right)
        left, right = ops.stop_gradient(left), ops.stop_gradient(right)
        largest = ops.sum(ops.matmul(left, matrix) * right)
        outputs = ops.conv(
            inputs,
            ops.cast(kernel / largest, self.compute_dtype),
            strides=self.strides,
            padding=self.padding,
        )
        return outputs + self.bias if self.use_bias else outputs

    # `Conv2D` names its own weights here, and no others.
    def save_own_variables(self, store: dict) -> None:
        """Saves the iteration's vector too, which Keras's layer knows nothing of."""
        super().save_own_variables(store)
        store["direction"] = self.direction

    def load_own_variables(self, store: dict) -> None:
        """Loads what `save_own_variables` saved."""
        super().load_own_variables(store)
        self.direction.assign(store["direction"])


def _normalize(vector: KerasTensor) -> KerasTensor:
    return vector / (ops.norm(vector) + 1e-12)
