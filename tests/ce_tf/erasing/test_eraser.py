"""An eraser whose network comes in several sizes."""

import pickle

import numpy as np
import pytest

from ce_tf.completion.runtimes import LaterRuntime, Runtime, load_runtime
from ce_tf.erasing.eraser import Eraser
from ce_tf.metrics import gradient_energy_ratio, hole_psnr
from ce_tf.pretrained.files import find_models
from tests.ce_tf.erasing.mean_runtime import MeanRuntime
from tests.fakes import make_photo


class SizedRuntime(Runtime):
    """Fills with one grey, and counts its turns."""

    def __init__(self, size: int):
        super().__init__(size)
        self.size = size
        self.turns = 0

    def run(self, image, mask):
        assert image.shape == (self.size, self.size, 3)
        self.turns += 1
        return np.where(mask > 0, np.uint8(self.size // 2), image)


@pytest.mark.parametrize(
    ("longer", "used"), [(20, [128]), (90, [128]), (100, [256]), (300, [256])]
)
def test_each_window_takes_the_size_that_fits_it(longer, used):
    """A window is twice as long as its hole."""
    runtimes = [SizedRuntime(size) for size in (256, 128)]
    eraser = Eraser(runtimes)
    assert eraser.size == 128
    photo, mask = make_photo(1, 400, 700), np.zeros((400, 700), np.uint8)
    mask[50 : 50 + longer // 2, 60 : 60 + longer] = 1
    completed = eraser.erase(photo, mask, detail=0)
    assert [runtime.size for runtime in runtimes if runtime.turns] == used
    assert (completed[mask == 0] == photo[mask == 0]).all()
    assert (completed[mask == 1] != photo[mask == 1]).any()


def test_a_runtime_of_later_gives_the_same_pixels():
    size, path = list(find_models().items())[1]
    later = pickle.loads(pickle.dumps(LaterRuntime(path, size)))
    image, mask = make_photo(2, size, size), np.zeros((size, size, 1), np.uint8)
    mask[100:200, 150:300] = 1
    found, expected = (one.run(image, mask) for one in (later, load_runtime(path)))
    assert later.size == size == found.shape[0]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("shape", [(1, 300), (12, 420), (130, 8)])
@pytest.mark.parametrize("known", [0, -1])
def test_a_window_that_shows_hole_alone_waits(shape, known):
    """In a narrow photo that is hole but for its first or last pixels."""
    photo, mask = np.zeros((*shape, 3), np.uint8), np.ones(shape, np.uint8)
    longer = int(np.argmax(shape))
    np.moveaxis(photo, longer, 0)[known] = 100, 150, 200
    np.moveaxis(mask, longer, 0)[known] = 0
    completed = Eraser(MeanRuntime()).erase(photo, mask)
    assert np.abs(completed - np.array((100.0, 150, 200))).max() <= 1


class FaintRuntime(Runtime):
    """Fills with a known picture at a third of its contrast."""

    def __init__(self, picture):
        super().__init__(len(picture))
        self.size = len(picture)
        self.faint = (128 + (picture.astype(float) - 128) / 3).astype(np.uint8)

    def run(self, image, mask):
        return np.where(mask > 0, self.faint, image)


def test_texture_that_was_copied_whole_is_not_sharpened():
    rows, columns = np.mgrid[:256, :256]
    wave = 128 + 60 * np.sin((rows + 2 * columns) * 2 * np.pi / 12)
    photo = wave.astype(np.uint8)[..., np.newaxis].repeat(3, -1)
    mask = np.zeros((256, 256), np.uint8)
    mask[110:138, 100:130] = 1  # a speck, which is looked at once
    completed = Eraser(FaintRuntime(photo)).erase(photo, mask)
    # Sharpened, its gradient energy would be 1.4 times the photo's.
    assert 0.9 < gradient_energy_ratio(photo, completed, mask) < 1.1
    assert hole_psnr(photo, completed, mask) > 25
