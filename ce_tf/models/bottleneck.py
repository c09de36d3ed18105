"""The two convolutions round the bottleneck, computed as the matrix products they are.

A 4x4 convolution without padding over a 4x4 map sees its whole input at once, and its
transpose makes a whole 4x4 map from one position: both are one matrix product. Weights
keep the convolution's name and shape, so either form reads the other's; on a CPU the
product is about ten times faster than the convolution kernels.
"""

import keras
from keras import KerasTensor, ops


@keras.saving.register_keras_serializable("ce_tf")
class BottleneckConv2D(keras.layers.Conv2D):
    """`Conv2D(filters, kernel_size, padding="valid")` over a map of `kernel_size`.

    Call: float [B, k, k, C] -> float [B, 1, 1, filters]; kernel [k, k, C, filters].
    """

    def build(self, input_shape: tuple) -> None:
        _require_size(self, input_shape, tuple(self.kernel_size))
        super().build(input_shape)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        k, l, channels, filters = self.kernel.shape  # noqa: E741
        flat = ops.reshape(inputs, (-1, k * l * channels))
        outputs = ops.matmul(flat, ops.reshape(self.kernel, (-1, filters)))
        if self.use_bias:
            outputs = outputs + self.bias
        return ops.reshape(outputs, (-1, 1, 1, filters))


@keras.saving.register_keras_serializable("ce_tf")
class BottleneckConv2DTranspose(keras.layers.Conv2DTranspose):
    """`Conv2DTranspose(filters, kernel_size, padding="valid")` over one position.

    Call: float [B, 1, 1, C] -> float [B, k, k, filters]; kernel [k, k, filters, C]. In
    training, which Keras tells every layer of a model, the same product is made in
    another order.
    """

    def build(self, input_shape: tuple) -> None:
        _require_size(self, input_shape, (1, 1))
        super().build(input_shape)

    def call(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        k, l, filters, channels = self.kernel.shape  # noqa: E741
        flat = ops.reshape(inputs, (-1, channels))
        kernel = ops.reshape(self.kernel, (-1, channels))
        if training:
            # The kernel on the left, so that its gradient comes out as it lies: that of
            # a transposed kernel, 33 M numbers, costs as much to turn as to compute.
            outputs = ops.transpose(ops.matmul(kernel, ops.transpose(flat)))
        else:
            # The kernel on the right, where TFLite looks for weights.
            outputs = ops.matmul(flat, ops.transpose(kernel))
        outputs = ops.reshape(outputs, (-1, k, l, filters))
        return outputs + self.bias if self.use_bias else outputs


def _require_size(layer, input_shape: tuple, size: tuple[int, int]) -> None:
    if tuple(input_shape[1:3]) != size:
        raise ValueError(
            f"{layer.name} takes a map of {size[0]}x{size[1]}, "
            f"not {input_shape[1]}x{input_shape[2]}"
        )
