"""Which shapes of a label image are silhouettes."""

import cv2
import numpy as np
import pytest

from ce_tf.images.silhouettes import decode_labels, decode_silhouettes
from tests.fakes import make_labels, write_labels


def silhouettes_of(tmp_path, labels: np.ndarray) -> tuple[np.ndarray, ...]:
    return decode_silhouettes(write_labels(tmp_path / "a.png", labels).read_bytes())


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
    (shape,) = silhouettes_of(tmp_path, mask)
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
    with pytest.raises(ValueError, match="truncated, damaged or no picture"):
        decode_silhouettes(data)


def test_pixels_that_are_no_labels_are_refused(tmp_path):
    deep = cv2.imencode(".png", np.full((40, 40), 700, np.uint16))[1].tobytes()
    with pytest.raises(ValueError, match="mode I;16 is no label image"):
        decode_silhouettes(deep)
