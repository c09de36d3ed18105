"""The random streams of a run, all from its one seed.

First weights come from `keras.utils.set_random_seed(seed)`. What the input draws has a
`Stream` for each lane of shards; how holes vary on the device follows from `(seed,
step)`. All of them are keys of stateless ops, so that a run can start in the middle.
"""

import dataclasses

import tensorflow as tf

# What a stream is drawn for.
IMAGE_ORDER, MASK_ORDER, CROP, ZOOM = range(4)
# What a step draws on the device.
HOLES, CLOSE_UP = range(2)
_STREAMS = 8
_LANES = 2**16


@dataclasses.dataclass(frozen=True)
class Stream:
    """Names a stream of random numbers; no two streams share any.

    Attributes:
        seed: of the run.
        number: what it is drawn for, below 8.
        lane: of which lane.
    """

    seed: int
    number: int
    lane: int = 0

    def key(self, epoch: tf.Tensor, chunk: tf.Tensor | int = 0) -> tf.Tensor:
        """A seed for stateless ops, int64 [2]."""
        name = (self.seed * _STREAMS + self.number) * _LANES + self.lane
        place = tf.cast(epoch, tf.int64) + 2**32 * tf.cast(chunk, tf.int64)
        return tf.stack([tf.constant(name, tf.int64), place])


def step_key(seed: tf.Tensor, step: tf.Tensor, use: int = HOLES) -> tf.Tensor:
    """The seed of a training step's stateless ops, int64 [2].

    Args:
        seed: int64 [], of the run.
        step: int64 [], how many steps were made before.
        use: what is drawn, `HOLES` or `CLOSE_UP`.
    """
    return tf.stack([seed + use * 2**48, step])
