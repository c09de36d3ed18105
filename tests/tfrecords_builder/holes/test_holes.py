"""Holes: their kinds, areas, places and repeatability."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ce_tf.errors import InputError
from tests.fakes import write_voc
from tfrecords_builder.files import Reference
from tfrecords_builder.holes.deformation import paste_silhouette
from tfrecords_builder.holes.holes import draw_hole


@pytest.fixture(scope="module")
def labels(tmp_path_factory) -> list[Reference]:
    folder = write_voc(tmp_path_factory.mktemp("labels"), train=8)
    paths = sorted(folder.glob("VOC2007/SegmentationClass/*.png"))
    return [Reference(str(path), path.name) for path in paths]


@pytest.mark.parametrize("kind", ["silhouette", "block", "stroke", "center"])
@pytest.mark.parametrize("size", [32, 128, 200])
def test_every_kind_keeps_to_the_area(kind, size, labels):
    for seed in range(25):
        rng = np.random.default_rng(seed)
        mask = draw_hole(rng, kind, size, (0.05, 0.25), labels)
        assert mask.shape == (size, size)
        assert mask.dtype == np.uint8
        assert set(np.unique(mask)) == {0, 1}
        assert 0.05 <= mask.mean() <= 0.25


@pytest.mark.parametrize("kind", ["silhouette", "block", "stroke"])
def test_the_generator_alone_decides(kind, labels):
    def draw(seed: int) -> bytes:
        rng = np.random.default_rng(seed)
        return draw_hole(rng, kind, 64, (0.02, 0.25), labels).tobytes()

    assert draw(1) == draw(1)
    assert len({draw(seed) for seed in range(30)}) == 30


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(["silhouette", "block", "stroke"]),
    least=st.floats(0.01, 0.3),
    width=st.floats(0.05, 0.3),
    seed=st.integers(0, 2**32),
)
def test_any_reasonable_area_can_be_had(labels, kind, least, width, seed):
    areas = (least, least + width)
    mask = draw_hole(np.random.default_rng(seed), kind, 64, areas, labels)
    assert areas[0] <= mask.mean() <= areas[1]


def test_an_impossible_area_is_an_error():
    with pytest.raises(InputError, match="--hole_area"):
        draw_hole(np.random.default_rng(0), "block", 32, (0.5, 0.50001))


def test_center_is_the_papers_square():
    mask = draw_hole(np.random.default_rng(0), "center", 128, (0.02, 0.25))
    assert mask[32:96, 32:96].all()
    assert mask.sum() == 64 * 64


@pytest.mark.parametrize(
    ("kind", "most"), [("silhouette", 2.8), ("block", 1.8), ("stroke", 1.6)]
)
def test_every_part_of_the_picture_is_about_as_likely(kind, most, labels):
    masks = [
        draw_hole(np.random.default_rng([1, seed]), kind, 64, (0.02, 0.25), labels)
        for seed in range(2000)
    ]
    heat = cv2.resize(np.mean(masks, 0), (8, 8), interpolation=cv2.INTER_AREA)
    assert heat.max() / heat.min() < most
    counts = np.histogram(np.mean(masks, (1, 2)), 5, (0.02, 0.25))[0]
    assert counts.max() / counts.min() < 2


def test_pasting_deforms_turns_flips_and_moves():
    shape = np.zeros((60, 40), np.uint8)
    shape[:50, :12] = shape[:12] = 255  # an L upside down
    masks = [
        paste_silhouette(np.random.default_rng(seed), shape, 96, 0.08)
        for seed in range(100)
    ]
    assert len({mask.tobytes() for mask in masks}) == 100
    inner = [
        mask
        for mask in masks
        if mask.any() and not (mask[0] | mask[-1] | mask[:, 0] | mask[:, -1]).any()
    ]
    assert 10 < len(inner) < 90
    boxes = [cv2.boundingRect(mask) for mask in inner]
    aspects = [width / height for _, _, width, height in boxes]
    assert max(aspects) / min(aspects) > 1.5
    # The stroke of the L lies left or, flipped, right in its box.
    sides = [
        mask[y + h // 2 : y + h, x : x + w].mean(0).argmax() < w / 2
        for mask, (x, y, w, h) in zip(inner, boxes, strict=True)
    ]
    assert 0 < sum(sides) < len(sides)


def test_a_silhouette_keeps_its_form():
    ring = np.zeros((90, 90), np.uint8)
    cv2.circle(ring, (45, 45), 44, 255, 14)
    for seed in range(20):
        mask = paste_silhouette(np.random.default_rng(seed), ring, 128, 0.1)
        if not (mask[0] | mask[-1] | mask[:, 0] | mask[:, -1]).any():
            parts, _ = cv2.connectedComponents(mask)
            holes, _ = cv2.connectedComponents(1 - mask)
            assert (parts, holes) == (2, 3)  # one ring; outside and inside of it
            return
    pytest.fail("every ring was cut by the border")
