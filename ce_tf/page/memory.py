"""Memory of a server that lives long: what photos took goes back to the system."""

import contextlib
import ctypes

_MMAP_THRESHOLD = -3  # glibc's M_MMAP_THRESHOLD and M_TRIM_THRESHOLD, see mallopt(3)
_TRIM_THRESHOLD = -1
_BYTES = 1 << 20


def return_freed_memory() -> None:
    """Has blocks from 1 MB on given back as soon as they are freed.

    Left alone, glibc raises that threshold to 32 MB and keeps freed photos for each
    thread that ever worked on one: 340 MB after 80 calls with photos of 3 megapixels,
    against 50. Elsewhere than on glibc nothing is done.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, _BYTES)
        library.mallopt(_TRIM_THRESHOLD, _BYTES)
