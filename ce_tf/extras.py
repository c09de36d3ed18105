"""What `pip install ce_tf` leaves out, and one line where it is missing.

That is the eraser alone; training, evaluation on shards, export, the builder and some
flags stand on extras of setup.py.
"""

import importlib.util

from ce_tf.errors import InputError

# What is imported of each.
MODULES = {
    "app": ("starlette", "uvicorn", "python_multipart"),
    "beam": ("apache_beam",),
    "biharmonic": ("skimage",),
    "heic": ("pillow_heif",),
    "train": (
        *("tensorflow", "keras", "tensorflow_datasets", "tensorboard", "h5py"),
        *("google_crc32c", "importlib_resources"),
    ),
}


def require_extra(extra: str, user: str) -> None:
    """Checks, without an import, that an extra is installed.

    Args:
        extra: one of `MODULES`.
        user: what needs it, as the message's first words.

    Raises:
        InputError: it is not, or not all of it.
    """
    for module in MODULES[extra]:
        if importlib.util.find_spec(module) is None:
            raise InputError(
                f"{user} needs {module}, which is not installed: "
                f"pip install 'ce_tf[{extra}]'."
            )
