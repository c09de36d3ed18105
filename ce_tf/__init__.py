"""Erase an object from a photo: context encoders (Pathak et al. 2016) on TensorFlow."""

__version__ = "0.1.0"
__all__ = ["Eraser"]


def __getattr__(name: str) -> object:
    """Imports `Eraser` when it is asked for, so that `import ce_tf` costs nothing."""
    if name == "Eraser":
        from ce_tf.erasing.eraser import Eraser

        return Eraser
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
