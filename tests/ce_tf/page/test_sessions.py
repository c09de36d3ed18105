import numpy as np
import pytest

from ce_tf.errors import InputError
from ce_tf.images.photo import Photo
from ce_tf.page.editor import (
    correct_mask,
    make_layer,
    read_painted,
    scale_mask,
    shown_size,
    shrink,
)
from ce_tf.page.sessions import Sessions
from tests.fakes import make_photo


def fill_grey(image, mask, **options):
    """As `Eraser.erase`: the hole becomes grey."""
    completed = image.copy()
    completed[mask > 0] = 128
    return completed


class GreyEraser:
    erase = staticmethod(fill_grey)


@pytest.fixture
def photo():
    return Photo(make_photo(1, 1000, 1000))  # 3 MB


def test_sessions_longest_unused_are_forgotten_beyond_the_memory(photo, tmp_path):
    sessions = Sessions(megabytes=16, folder=tmp_path)
    for key in "abc":
        sessions.open(key, "photo.png", photo)
    sessions.get("a")
    sessions.open("d", "photo.png", photo)
    with pytest.raises(InputError, match="no photo"):
        sessions.get("b")
    assert sessions.get("a").name == "photo.png"
    assert len(list(tmp_path.iterdir())) == len(sessions) == 3


def test_idle_sessions_are_forgotten(photo, tmp_path):
    sessions = Sessions(megabytes=100, folder=tmp_path, idle=-1)
    sessions.open("a", "photo.png", photo)
    sessions.open("b", "photo.png", photo)
    assert len(sessions) == 1
    assert sessions.get("b").photo is photo


def test_one_larger_than_the_memory_is_kept_while_it_is_used(photo, tmp_path):
    sessions = Sessions(megabytes=1, folder=tmp_path)
    sessions.open("a", "photo.png", photo)
    assert sessions.get("a").nbytes > 3_000_000


def test_steps_back_hold_what_was_covered_alone(tmp_path):
    deep = make_photo(1, 400, 600).astype(np.uint16) * 257 + 3
    session = Sessions(100, tmp_path).open("a", "photo.png", Photo(deep))
    for left in (10, 20):
        hole = np.zeros((400, 600), np.uint8)
        hole[50:60, left : left + 20] = 1
        session.erase(GreyEraser, hole, grow=2)
    assert (session.photo.pixels[50:60, 10:40] == 128 * 257).all()
    assert [step[2].shape for step in session.steps] == [(10, 20, 3), (10, 10, 3)]
    session.step_back()
    assert (session.photo.pixels[50:60, 30:40] == deep[50:60, 30:40]).all()
    session.step_back()
    assert (session.photo.pixels == deep).all()
    with pytest.raises(InputError, match="no step"):
        session.step_back()


def test_what_the_brush_left_alone_stays_to_the_bit():
    rng = np.random.default_rng(0)
    mask = np.zeros((3000, 2000), bool)
    mask[100:900, 200:1000] = rng.random((800, 800)) > 0.5
    shown = scale_mask(mask, shown_size(3000, 2000))
    layer = make_layer(shown)
    painted = read_painted({"layers": [layer]}, shown.shape)
    assert (painted == shown).all()
    assert (correct_mask(mask, shown, painted) == mask).all()
    painted[1000:1010, 600:620] = True
    corrected = correct_mask(mask, shown, painted)
    assert (corrected[:2000] == mask[:2000]).all()
    top, left = round(1000 * 3000 / 1280), round(600 * 3000 / 1280)
    assert corrected[top + 3 : top + 20, left + 3 : left + 40].all()
    assert corrected[2000:].sum() < 30 * 55


def test_what_is_shown_is_reduced_and_nothing_painted_is_nothing():
    assert shrink(make_photo(1, 90, 120)).shape == (90, 120, 3)
    assert shrink(make_photo(1, 1000, 3000)).shape == (427, 1280, 3)
    assert not read_painted(None, (40, 60)).any()
    assert not read_painted({"layers": []}, (40, 60)).any()
