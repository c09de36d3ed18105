"""The engine fuses guesses as Python does, to the bit."""

import base64

import numpy as np
import pytest

from ce_tf.erasing.fusion import fuse
from tests.fakes import make_photo

_SCRIPT = """
async ({ looks, hole, width, height, part }) => {
  const { fuse } = await import('/engine/fusion.js');
  const read = (text) => Uint8ClampedArray.from(atob(text), (c) => c.charCodeAt(0));
  const guesses = looks.map((guess) => ({ data: read(guess), width, height }));
  fuse(guesses, Uint8Array.from(read(hole)), part);
  let text = '';
  guesses[0].data.forEach((value) => (text += String.fromCharCode(value)));
  return btoa(text);
}
"""


@pytest.mark.parametrize("shape", [(60, 80), (9, 41), (6, 3)])
def test_the_same_bytes(engine, shape):
    """In the hole, of what lies in a part of a picture; elsewhere nothing changes."""
    height, width = shape
    rng = np.random.default_rng(height)
    first = make_photo(0, *shape)
    others = (
        (make_photo(number, *shape) + rng.normal(0, 20, (*shape, 3))).clip(0, 255)
        for number in (1, 2, 3)
    )
    guesses = [first, *(other.astype(np.uint8) for other in others)]
    hole = (rng.random(shape) < 0.7).astype(np.uint8)
    part = {"left": 1, "top": height // 3, "width": width - 1, "height": height // 2}
    found = engine.page.evaluate(
        _SCRIPT,
        {
            "looks": [_encode(guess) for guess in guesses],
            "hole": base64.b64encode(hole.tobytes()).decode(),
            "width": width,
            "height": height,
            "part": part,
        },
    )
    place = np.s_[part["top"] : part["top"] + part["height"], 1:]
    expected = first.copy()
    inner = [guess[place] for guess in guesses]
    expected[place] = fuse(inner, first[place], 1 - hole[place])
    assert (expected != first).any()
    rows = np.frombuffer(base64.b64decode(found), np.uint8).reshape(height, width, 4)
    np.testing.assert_array_equal(rows[..., :3], expected)


def _encode(image: np.ndarray) -> str:
    """As RGBA."""
    opaque = np.full((*image.shape[:2], 1), 255, np.uint8)
    return base64.b64encode(np.concatenate([image, opaque], -1).tobytes()).decode()
