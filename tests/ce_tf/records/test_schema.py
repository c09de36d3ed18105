import cv2
import numpy as np
import pytest
import tensorflow as tf

from ce_tf.records import schema
from tests.fakes import make_photo


@pytest.mark.parametrize(("suffix", "tolerance"), [(".png", 0), (".jpg", 12)])
def test_an_image_record_round_trips_and_crops(suffix, tolerance):
    photo = make_photo(3, 90, 140)
    encoded = cv2.imencode(suffix, photo[..., ::-1])[1].tobytes()
    serialized = schema.serialize_image(encoded, "deep/über.jpg", 90, 140)
    features = schema.parse_image(serialized)
    assert features["image/encoded"].numpy() == encoded
    assert features["image/id"].numpy().decode() == "deep/über.jpg"
    assert features["image/height"].numpy() == 90
    assert features["image/width"].numpy() == 140
    crop = schema.decode_crop(
        features["image/encoded"], tf.constant([13, 21, 64, 50]), suffix == ".png"
    )
    assert crop.dtype == tf.uint8
    difference = crop.numpy().astype(int) - photo[13 : 13 + 64, 21 : 21 + 50]
    assert np.abs(difference).max() <= tolerance


def test_a_mask_record_round_trips():
    mask = np.zeros((64, 64), np.uint8)
    mask[5:9, 7:30] = 1
    options = [cv2.IMWRITE_PNG_BILEVEL, 1]
    encoded = cv2.imencode(".png", mask * 255, options)[1].tobytes()
    features = schema.parse_mask(
        schema.serialize_mask(encoded, "block", float(mask.mean()))
    )
    assert features["mask/kind"].numpy() == b"block"
    assert features["mask/area"].numpy() == pytest.approx(mask.mean())
    decoded = schema.decode_mask(features["mask/encoded"]).numpy()
    assert decoded.shape == (64, 64, 1)
    assert (decoded[..., 0] == mask).all()


def test_the_same_record_has_the_same_bytes():
    first, second = (schema.serialize_image(b"x", "n", 1, 2) for _ in range(2))
    assert first == second
