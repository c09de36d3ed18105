"""The engine finds and draws the edges that Python does."""

import base64

import cv2
import numpy as np
import pytest

from ce_tf.erasing.blending import match_rim
from ce_tf.erasing.edge_drawing import continue_edges
from ce_tf.erasing.edges import find_edges
from tests.web.engine.cases import box, ellipse, read

_SCRIPT = """
async ({ fill, hole, known, width, height }) => {
  const { findEdges } = await import('/engine/edges.js');
  const { continueEdges } = await import('/engine/edge_drawing.js');
  const read = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const picture = { data: new Uint8ClampedArray(read(fill)), width, height };
  const [own, sure] = [read(hole), read(known)];
  const edges = findEdges(picture, own, sure);
  const drawn = continueEdges(picture, own, sure);
  let text = '';
  const { data } = drawn ? drawn.picture : picture;
  data.forEach((value) => (text += String.fromCharCode(value)));
  return {
    ends: edges.map(({ start, end }) => [start.x, start.y, end.x, end.y]),
    drawn: btoa(text),
    share: drawn ? drawn.share.reduce((sum, share) => sum + share, 0) : 0,
  };
}
"""


def make_fills() -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Photos with lines, their hole filled smoothly; and where it is."""
    rows = []
    for name, place in (
        ("page.png", (110, 100, 60, 40)),
        ("brick.png", (150, 150, 60, 50)),
        ("motorcycle_left.png", (250, 250, 70, 60)),
        ("rocket.jpg", (320, 250, 40, 60)),
        ("coffee.png", (300, 150, 60, 70)),
        ("camera.png", (260, 380, 60, 80)),
    ):
        photo = read(name)
        rows.append((name, photo, ellipse(photo, *place) > 0))
    kerb = np.where(np.arange(700)[:, np.newaxis, np.newaxis] < 350, 60, 170)
    kerb = np.repeat(kerb, 640, 1).repeat(3, 2).astype(np.uint8)
    rows.append(("a hole of 500", kerb, box(kerb, 70, 150, 500, 400) > 0))
    down, right = np.mgrid[:200, :260]
    joints = (down % 25 < 3)[..., np.newaxis] | (right[..., np.newaxis] % 60 < 3)
    grain = np.random.default_rng(0).normal(0, 3, (200, 260, 3))
    planks = (np.where(joints, 40, (190, 160, 120)) + grain).clip(0, 255)
    planks = planks.astype(np.uint8)
    rows.append(("planks", planks, ellipse(planks, 130, 100, 70, 50) > 0))
    rows.append(("a wire", planks, box(planks, 20, 48, 200, 6) > 0))
    fills = []
    for name, photo, hole in rows:
        mean = photo[~hole].mean(0).astype(np.uint8)
        fills.append((name, match_rim(photo, hole, np.full_like(photo, mean)), hole))
    return fills


FILLS = make_fills()


@pytest.fixture(scope="module")
def found(engine) -> list[tuple[list, np.ndarray, float]]:
    """What the page's engine finds and draws in each, and the sum of its shares."""
    answers = []
    for _, fill, hole in FILLS:
        height, width = hole.shape
        photo = cv2.cvtColor(fill, cv2.COLOR_RGB2RGBA)
        request = {
            name: base64.b64encode(pixels.tobytes()).decode()
            for name, pixels in (
                ("fill", photo),
                ("hole", hole.astype(np.uint8)),
                ("known", (~hole).astype(np.uint8)),
            )
        }
        request |= {"width": width, "height": height}
        answer = engine.page.evaluate(_SCRIPT, request)
        drawn = np.frombuffer(base64.b64decode(answer["drawn"]), np.uint8)
        drawn = drawn.reshape(height, width, 4)[..., :3]
        answers.append((answer["ends"], drawn, answer["share"]))
    return answers


def test_it_finds_the_same_edges(found):
    count = 0
    for (name, fill, hole), (ends, *_) in zip(FILLS, found, strict=True):
        edges = find_edges(fill, hole, ~hole)
        expected = [[*edge.start.tolist(), *edge.end.tolist()] for edge in edges]
        assert ends == expected, name
        count += len(expected)
    assert count >= 6


def test_it_draws_what_python_does(found):
    for (name, fill, hole), (_, drawn, share) in zip(FILLS, found, strict=True):
        expected = continue_edges(fill, hole, ~hole)
        if expected is None:
            np.testing.assert_array_equal(drawn, fill, name)
            assert share == 0, name
            continue
        np.testing.assert_array_equal(drawn[~hole], fill[~hole], name)
        assert share == pytest.approx(expected.share.sum(), rel=1e-3), name
        off = np.abs(drawn.astype(int) - expected.image)[hole]
        assert off.mean() < 0.5, name
        assert np.quantile(off, 0.99) <= 3, name
