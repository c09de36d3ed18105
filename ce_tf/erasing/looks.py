"""What the network makes of a window: four looks at it, fused.

Of guesses whose errors differ the mean is nearer to the truth than each, and `fusion`
is not as soft. Looks differ in scale and in side: the window, a closer look at it, left
for right, and a still closer one, both ways round.
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
        runtime: the network, which runs once or four times.
        view: whose window shows known pixels.

    Returns:
        uint8 [h, w, 3], as the view's image; what counts is in the hole.
    """
    fill = _look(runtime, view.window, view)
    closer = find_closer(view, runtime.size)
    if not closer:
        return fill
    guesses = [fill]
    for window, mirrored in [*((each, True) for each in closer), (closer[-1], False)]:
        guess = fill.copy()  # beyond what this look shows it is the first
        window.inside(guess)[:] = _look(runtime, window, view, mirrored)
        guesses.append(guess)
    widest = closer[0]
    inner = [widest.inside(guess) for guess in guesses]
    fused = fuse(inner, widest.inside(view.image), widest.inside(view.known))
    widest.inside(fill)[:] = fused
    return fill


def find_closer(view: View, size: int) -> list[Window]:
    """The windows of closer looks; none where one look is enough, or they see nothing.

    Args:
        view: whose region is looked at.
        size: side that the network takes.
    """
    left, top, width, height = cv2.boundingRect(view.own.astype(np.uint8))
    if not decisions.is_seen_again(max(width, height), size):
        return []
    window, box = view.window, (left, top, width, height)
    places = decisions.look_closer(box, (window.top, window.left, window.side), size)
    closer = [Window(*place, window.height, window.width) for place in places]
    return closer if closer[-1].inside(view.known).any() else []


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
