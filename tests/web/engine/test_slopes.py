"""The engine knows a picture's places by their slopes as Python does."""

import cv2
import numpy as np

from ce_tf.erasing.texture.slopes import find_strength, find_way, measure_slopes
from tests.fakes import make_photo

_SCRIPT = """
async ({ pixels, hole, width, height }) => {
  const { makeLevels } = await import('/engine/texture/levels.js');
  const { findWay } = await import('/engine/texture/slopes.js');
  const data = Uint8ClampedArray.from(pixels);
  const marked = Uint8Array.from(hole);
  const known = marked.map((one) => 1 - one);
  const { levels, slopes } = makeLevels({ data, width, height }, marked, known, 1);
  const [fine, coarse] = levels;
  const way = findWay(slopes, coarse.width, coarse.height);
  return [data, fine.data, coarse.data, way].map((values) => Array.from(values));
}
"""


def test_the_same_strengths_and_ways(engine):
    photo = make_photo(2, 60, 80)
    hole = np.zeros((60, 80), bool)
    hole[20:50, 30:62] = True
    pixels = np.dstack((photo, np.full((60, 80), 255, np.uint8)))
    found = engine.page.evaluate(
        _SCRIPT,
        {
            "pixels": pixels.ravel().tolist(),
            "hole": hole.ravel().astype(int).tolist(),
            "width": 80,
            "height": 60,
        },
    )
    given, fine, coarse = (np.reshape(part, (-1, 4)) for part in found[:3])
    assert (given == pixels.reshape(-1, 4)).all()  # the picture keeps its alpha
    assert (fine[:, :3] == given[:, :3]).all()
    slopes = measure_slopes(photo)
    half = [cv2.resize(part, (40, 30), interpolation=cv2.INTER_AREA) for part in slopes]
    for level, part, where in (
        (fine, slopes[0], hole),
        (coarse, half[0], hole[::2, ::2]),
    ):
        strength = find_strength(part, where)
        off = level[:, 3] - strength.ravel().astype(int)
        assert np.abs(off).max() <= 1  # a half may fall to either side
        assert np.ptp(strength) > 60
    way = find_way(*half)
    np.testing.assert_allclose(np.reshape(found[3], way.shape), way, atol=0.5)
    assert np.ptp(way) > 60
