"""Muon: kernels move by what is left of a gradient when its directions weigh alike."""

import keras
import tensorflow as tf

from ce_tf.training.adam import FusedAdam, get_handle

_MOMENTUM = 0.95
# Root mean square of an update over the learning rate: about Adam's.
_SIZE = 0.2
# The polynomial that draws singular values towards 1, and how often it does.
_FACTORS, _ROUNDS = (3.4445, -4.7750, 2.0315), 5
# Fewer channels than this span too little to be worth it.
_LEAST = 16


@keras.saving.register_keras_serializable("ce_tf")
class Muon(FusedAdam):
    """Muon (Jordan et al. 2024) for kernels of convolutions, Adam for all else.

    A gradient is full of a few directions; Adam's step, entry by entry, is so too. Here
    a kernel's Nesterov momentum, a matrix [h w Cin, Cout], is orthogonalised first, so
    that directions which the loss shows faintly move as far as the others. The step is
    scaled as by Liu et al. (arXiv 2502.16982, equation 4): its root mean square is 0.2
    of the rate, so that Adam's rates and decay fit. Keras's Muon takes matrices alone
    and leaves kernels of convolutions to Adam.

    Args:
        matrix_dtype: what matrices are multiplied in; bfloat16 is enough where the
            processor has it, and slow where not.
        options: as of Keras's Adam.
    """

    def __init__(self, *args, matrix_dtype: str = "float32", **options):
        super().__init__(*args, **options)
        self.matrix_dtype = matrix_dtype

    def get_config(self) -> dict:
        return super().get_config() | {"matrix_dtype": self.matrix_dtype}

    def update_step(
        self,
        gradient: tf.Tensor,
        variable: tf.Variable,
        learning_rate: tf.Tensor,
    ) -> None:
        """Updates one variable; called by Keras, once in each replica."""
        shape = tuple(variable.shape)
        if len(shape) != 4 or min(shape[2:]) < _LEAST:
            super().update_step(gradient, variable, learning_rate)
            return
        slot = get_handle(self._momentums[self._get_variable_index(variable)])
        gradient = tf.cast(gradient, tf.float32)
        momentum = tf.raw_ops.ReadVariableOp(resource=slot, dtype=tf.float32)
        momentum = _MOMENTUM * momentum + gradient
        tf.raw_ops.AssignVariableOp(resource=slot, value=momentum)
        ahead = tf.reshape(gradient + _MOMENTUM * momentum, (-1, shape[3]))
        step = orthogonalize(ahead, self.matrix_dtype)
        rate = tf.cast(learning_rate, tf.float32) * _SIZE * max(ahead.shape) ** 0.5
        tf.raw_ops.AssignSubVariableOp(
            resource=get_handle(variable), value=tf.reshape(rate * step, shape)
        )


def orthogonalize(matrix: tf.Tensor, dtype: str = "float32") -> tf.Tensor:
    """U V' of the singular value decomposition U S V', nearly: S becomes 0.7 to 1.2.

    Newton and Schulz's iteration with Jordan's factors: matrix products alone, exact
    enough in 16 bits. Singular values below a hundredth or so of the matrix's norm stay
    smaller.

    Args:
        matrix: float [m, n].
        dtype: of the products.

    Returns:
        [m, n], of the matrix's type; 0 for 0.
    """
    unit = tf.cast(matrix / (tf.norm(matrix) + 1e-12), dtype)
    upright = unit.shape[0] > unit.shape[1]
    if upright:  # the shorter side first: smaller products
        unit = tf.transpose(unit)
    linear, cubic, quintic = (tf.constant(factor, dtype) for factor in _FACTORS)
    for _ in range(_ROUNDS):
        square = tf.matmul(unit, unit, transpose_b=True)
        mixed = cubic * square + quintic * tf.matmul(square, square)
        unit = linear * unit + tf.matmul(mixed, unit)
    return tf.cast(tf.transpose(unit) if upright else unit, matrix.dtype)
