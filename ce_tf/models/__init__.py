"""The networks by name. A generator is a `keras.Model` with this contract:

`call({"image": masked, "mask": mask}, training=False) -> image`, float NHWC in
[-1, 1], the mask 1 where the picture is to be filled; `size` is the side in pixels
that it is trained at; it also takes sides that are multiples of `multiple`, unless
that is None. A discriminator takes the same inputs, real or completed, and gives
logits of "a photo", float [B, ...], or a list of such. `projected` also takes
"features" of the picture, and `judges_hole`: its logits are maps, of which losses count
the hole's places.
"""

from typing import Any

from ce_tf.models.compact import Compact
from ce_tf.models.context_encoder import ContextEncoder
from ce_tf.models.discriminator import Discriminator
from ce_tf.models.painter import Painter
from ce_tf.models.patch_discriminator import PatchDiscriminator
from ce_tf.models.projected_discriminator import ProjectedDiscriminator

GENERATORS: dict[str, Any] = {
    "context_encoder": ContextEncoder,
    "compact": Compact,
    "painter": Painter,
}
DISCRIMINATORS: dict[str, Any] = {
    "context_encoder": Discriminator,
    "patch": PatchDiscriminator,
    "projected": ProjectedDiscriminator,
}

__all__ = [
    "DISCRIMINATORS",
    "GENERATORS",
    "Compact",
    "ContextEncoder",
    "Discriminator",
    "Painter",
    "PatchDiscriminator",
    "ProjectedDiscriminator",
]
