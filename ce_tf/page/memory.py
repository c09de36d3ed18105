"""Memory of a server that lives long: what photos took goes back to the system."""

import contextlib
import ctypes


def return_freed_memory() -> None:
    """Has memory that is freed, but kept for later, given back.

    Left alone, glibc keeps freed photos for each thread that ever worked on one: 340 MB
    after 80 calls with photos of 3 megapixels, against 50. Called after each piece of
    work; to tell glibc to give back all at once (mallopt) makes that work half as long
    again. Elsewhere than on glibc nothing is done.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
