"""The networks by name. A generator is a `keras.Model` with this contract:

`call({"image": masked, "mask": mask}, training=False) -> image`, float NHWC in
[-1, 1], the mask 1 where the picture is to be filled; `size` is the side in pixels
that it takes.
"""

from ce_tf.models.context_encoder import ContextEncoder
from ce_tf.models.discriminator import Discriminator

GENERATORS = {"context_encoder": ContextEncoder}

__all__ = ["GENERATORS", "ContextEncoder", "Discriminator"]
