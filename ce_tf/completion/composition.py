"""The one way in which a fill joins a picture; plain arithmetic, for any array."""

from typing import Any


def complete(image: Any, mask: Any, fake: Any) -> Any:
    """`image * (1 - mask) + fake * mask`: outside the hole the image's own pixels.

    Args:
        image: [..., H, W, C], of NumPy, TensorFlow or Keras, whole numbers or float.
        mask: [..., H, W, 1] of the same kind: 1 = hole, 0 = kept; between them as much
            of the fake.
        fake: [..., H, W, C] or what broadcasts to it, of the same kind.

    Returns:
        As `image`. To the bit the image where the mask is 0 and the fake is finite.
    """
    return image * (1 - mask) + fake * mask
