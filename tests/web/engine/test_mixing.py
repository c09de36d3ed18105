"""The engine weighs fill and texture as Python does."""

import numpy as np

from ce_tf.erasing.texture.mixing import share_texture, weigh_brought
from tests.fakes import make_photo

_SCRIPT = """
async ({ fill, brought, hole, drawn, width }) => {
  const { shareTexture, weighBrought } = await import('/engine/texture/mixing.js');
  const pixels = [fill, brought].map((values) => Float32Array.from(values));
  const [marked, over] = [hole, drawn].map((mask) => Uint8Array.from(mask));
  const shares = shareTexture(...pixels, marked, over, width);
  const added = weighBrought(...pixels, marked, width, shares);
  return [shares.along, shares.fine, added].map((values) => Array.from(values));
}
"""


def test_the_same_shares(engine):
    """Of half a photo that runs as the fill does, and another in the rest."""
    rng = np.random.default_rng(0)
    shape = (75, 90)
    photo, other = make_photo(0, *shape), make_photo(1, *shape)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    hole = np.hypot(rows / 75 - 0.5, columns / 90 - 0.5) < 0.5
    hole[:, 0] = hole[0] = hole[-1] = hole[:, -1] = True  # its box is the picture
    fill = ((photo * 0.7) + 30).astype(np.uint8)
    texture = np.where(columns[..., np.newaxis] < 45, photo, other)
    texture = texture + rng.normal(0, 6, texture.shape)
    brought = ((texture - fill) * hole[..., np.newaxis]).astype(np.float32)
    drawn = np.abs(rows - 20) < 3
    found = engine.page.evaluate(
        _SCRIPT,
        {
            "fill": fill.ravel().tolist(),
            "brought": brought.ravel().tolist(),
            "hole": hole.ravel().astype(int).tolist(),
            "drawn": drawn.ravel().astype(int).tolist(),
            "width": shape[1],
        },
    )
    shares = share_texture(fill, brought, hole, drawn)
    along, fine = (np.reshape(values, shape) for values in found[:2])
    np.testing.assert_allclose(along[hole], shares.along[hole], atol=1e-5)
    np.testing.assert_allclose(fine[hole], shares.fine[hole], atol=1e-5)
    assert np.ptp(along[hole]) > 0.5
    added = np.reshape(found[2], brought.shape)[hole]
    expected = weigh_brought(fill, brought, hole, shares)[hole]
    np.testing.assert_allclose(added, expected, atol=1e-3)
