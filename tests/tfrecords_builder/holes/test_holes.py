"""Holes: their kinds, areas, places and repeatability."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ce_tf.errors import InputError
from tests.fakes import make_labels, write_labels, write_voc
from tfrecords_builder.files import Reference
from tfrecords_builder.holes.deformation import paste_silhouette
from tfrecords_builder.holes.holes import draw_hole
from tfrecords_builder.holes.silhouettes import decode_labels, read_silhouettes
from tfrecords_builder.photos.headers import UnusableError


@pytest.fixture(scope="module")
def labels(tmp_path_factory) -> list[Reference]:
    folder = write_voc(tmp_path_factory.mktemp("labels"), train=8)
    paths = sorted(folder.glob("VOC2007/SegmentationClass/*.png"))
    return [Reference(str(path), path.name) for path in paths]


def silhouettes_of(tmp_path, labels: np.ndarray, name: str = "a.png"):
    path = write_labels(tmp_path / name, labels)
    return read_silhouettes(Reference(str(path), path.name))


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


def test_the_voc_border_belongs_to_the_object(tmp_path):
    labels = np.zeros((80, 80), np.uint8)
    cv2.circle(labels, (40, 40), 20, 255, -1)
    cv2.circle(labels, (40, 40), 15, 7, -1)
    (shape,) = silhouettes_of(tmp_path, labels)
    assert shape.shape == (41, 41)
    assert np.count_nonzero(shape) == np.count_nonzero(labels)


def test_touching_classes_give_the_group_and_each(tmp_path):
    labels = np.zeros((100, 160), np.uint8)
    cv2.circle(labels, (50, 50), 30, 3, -1)
    cv2.circle(labels, (105, 50), 30, 9, -1)
    shapes = silhouettes_of(tmp_path, labels)
    widths = sorted(shape.shape[1] for shape in shapes)
    assert len(shapes) == 3
    assert widths[2] == 116
    assert widths[1] <= 61


def test_apart_objects_of_one_class_are_several_silhouettes(tmp_path):
    labels = np.zeros((100, 200), np.uint8)
    cv2.circle(labels, (50, 50), 30, 3, -1)
    cv2.circle(labels, (150, 50), 30, 3, -1)
    assert len(silhouettes_of(tmp_path, labels)) == 2


def test_specks_boxes_and_mostly_cut_objects_are_no_silhouettes(tmp_path):
    labels = np.zeros((200, 200), np.uint8)
    labels[5:9, 5:9] = 1  # a speck
    labels[40:90, 40:90] = 2  # a box
    cv2.circle(labels, (200, 200), 60, 3, -1)  # a quarter of a disc
    assert silhouettes_of(tmp_path, labels) == ()


def test_own_masks_serve_as_labels(tmp_path):
    mask = np.zeros((90, 90), np.uint8)
    cv2.circle(mask, (45, 45), 25, 255, -1)
    (shape,) = silhouettes_of(tmp_path, mask, "mask.png")
    assert shape.shape == (51, 51)
    colour = np.repeat(mask[..., None] // 2, 3, -1)
    data = cv2.imencode(".png", colour)[1].tobytes()
    assert np.count_nonzero(decode_labels(data)) == np.count_nonzero(mask)


def test_palette_images_are_read_by_index(tmp_path):
    labels = make_labels(1)
    path = write_labels(tmp_path / "a.png", labels)
    np.testing.assert_array_equal(decode_labels(path.read_bytes()), labels)


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n cut"])
def test_damaged_labels_are_refused(data):
    with pytest.raises(UnusableError):
        decode_labels(data)
