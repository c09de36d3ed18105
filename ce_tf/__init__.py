"""Erase an object from a photo: context encoders (Pathak et al. 2016) on TensorFlow."""

__version__ = "0.1.0"
__all__ = ["Eraser", "load"]

from ce_tf.registration import register_networks

register_networks()


def __getattr__(name: str) -> object:
    """Imports what is asked for, when it is, so that `import ce_tf` costs nothing."""
    if name == "Eraser":
        from ce_tf.erasing.eraser import Eraser

        return Eraser
    if name == "load":
        from ce_tf.loading import load

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
