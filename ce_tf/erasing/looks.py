"""What the network makes of a window: two looks at it, fused.

Of two guesses whose errors differ the mean is nearer to the truth than either, and
`fusion` is not as soft. The second look is closer and mirrored, so that it differs in
scale and in side.
"""

import cv2
import numpy as np

from ce_tf.completion.runtimes import Runtime
from ce_tf.erasing import decisions
from ce_tf.erasing.fusion import fuse
from ce_tf.erasing.network_fill import fill_square
from ce_tf.erasing.view import View
from ce_tf.erasing.window import Window


def fill_view(runtime: Runtime, view: View) -> np.ndarray:
    """Fills a view's window with a network.

    Args:
        runtime: the network, which runs once or twice.
        view: whose window shows known pixels.

    Returns:
        uint8 [h, w, 3], as the view's image; what counts is in the hole.
    """
    fill = _look(runtime, view.window, view)
    closer = find_closer(view, runtime.size)
    if closer is not None:
        again = _look(runtime, closer, view, mirrored=True)
        seen = closer.inside(fill)
        photo, known = closer.inside(view.image), closer.inside(view.known)
        seen[:] = fuse(seen, again, photo, known)
    return fill


def find_closer(view: View, size: int) -> Window | None:
    """The window of the second look; None where one is enough, or it sees nothing.

    Args:
        view: whose region is looked at.
        size: side that the network takes.
    """
    left, top, width, height = cv2.boundingRect(view.own.astype(np.uint8))
    if not decisions.is_seen_twice(max(width, height), size):
        return None
    window, box = view.window, (left, top, width, height)
    place = decisions.look_closer(box, (window.top, window.left, window.side), size)
    closer = Window(*place, window.height, window.width)
    return closer if closer.inside(view.known).any() else None


def _look(
    runtime: Runtime, window: Window, view: View, mirrored: bool = False
) -> np.ndarray:
    """What of a window lies in the view, filled: uint8 [h, w, 3]."""
    image, known = window.cut(view.image), window.cut(view.known)
    square = fill_square(runtime, image, known, mirrored)
    return window.crop(_scale(square, window.side))


def _scale(pixels: np.ndarray, side: int) -> np.ndarray:
    """Scales a square [s, s, C] to `side`, with antialiasing where that is smaller."""
    smaller = side < pixels.shape[0]
    interpolation = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return cv2.resize(pixels, (side, side), interpolation=interpolation)
