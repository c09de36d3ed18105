"""A SavedModel whose network takes two sizes: what ships, at 64 pixels and at 128."""

import pickle

import numpy as np
import pytest
import tensorflow as tf

from ce_tf.completion.network import erase_batch, find_sizes
from ce_tf.completion.runtimes import TwiceRuntime, load_runtimes
from ce_tf.erasing.eraser import Eraser
from ce_tf.evaluating.examples import Example
from ce_tf.evaluating.methods import load_models
from ce_tf.exporting.comparison import ExportError
from ce_tf.exporting.examples import read_examples
from ce_tf.exporting.formats import FORMATS, SAVED_MODEL
from ce_tf.exporting.measuring import compare_larger
from ce_tf.exporting.photo_check import MAX_LEVELS, MEAN_LEVELS
from ce_tf.exporting.run import export_run
from ce_tf.images.codec import decode_image, encode_image
from ce_tf.models.compact import Compact
from ce_tf.models.context_encoder import ContextEncoder
from ce_tf.pretrained.files import find_weights
from ce_tf.training.weights import load_generator
from tests.fakes import real_photo

SMALL, LARGE = 64, 128
# Height and width of photos, and the hole's top, left, height and width. The window is
# as high as the photo.
PHOTOS = {
    96: ((96, 150), (20, 40, 50, 60)),  # the largest that is filled at the small size
    97: ((97, 150), (20, 40, 50, 60)),
    260: ((260, 400), (60, 90, 150, 160)),  # scaled down to the large one
}


@pytest.fixture(scope="module")
def folder(two_sizes):
    return two_sizes


@pytest.fixture(scope="module")
def model(folder):
    return tf.saved_model.load(str(folder))


@pytest.fixture(scope="module")
def eraser(folder):
    return Eraser(folder)


@pytest.fixture(scope="module")
def runtimes(folder):
    return load_runtimes(folder)


@pytest.fixture(scope="module")
def of_old(model, tmp_path_factory):
    """As it was written before: without the signature for twice the side."""
    path = tmp_path_factory.mktemp("old") / "saved_model"
    names = "serving_default", "erase", "erase_bytes"
    signatures = {name: model.signatures[name] for name in names}
    tf.saved_model.save(model, str(path), signatures)
    return path


@pytest.fixture(scope="module")
def trained():
    return load_generator(find_weights())


def make_pair(side):
    (height, width), (top, left, hole_height, hole_width) = PHOTOS[side]
    mask = np.zeros((height, width), np.uint8)
    mask[top : top + hole_height, left : left + hole_width] = 255
    return real_photo(side, height, width), mask


def erase(model, image, mask):
    tensors = {"image": image, "mask": mask[..., np.newaxis]}
    tensors = {name: tf.constant(pixels) for name, pixels in tensors.items()}
    return model.signatures["erase"](**tensors)["image"].numpy()


def differ(found, wanted, mask):
    """Largest and mean difference in the hole."""
    difference = np.abs(found.astype(int) - wanted)[mask > 0]
    return difference.max(), difference.mean()


@pytest.mark.parametrize("side", PHOTOS)
def test_the_graph_takes_the_size_that_the_eraser_takes(model, eraser, runtimes, side):
    image, mask = make_pair(side)
    found = erase(model, image, mask)
    largest, mean = differ(found, eraser.erase(image, mask, detail=0), mask)
    assert largest <= MAX_LEVELS
    assert mean <= MEAN_LEVELS
    assert (found[mask == 0] == image[mask == 0]).all()
    # Another size gives something else.
    other = Eraser(runtimes[0]).erase(image, mask, detail=0)
    assert (differ(found, other, mask)[1] > 2 * MEAN_LEVELS) == (side > 96)


def test_photos_of_one_request_take_different_sizes(model):
    pairs = [make_pair(side) for side in PHOTOS]
    images, masks = (
        tf.constant([encode_image(pixels, ".png") for pixels in column])
        for column in zip(*pairs, strict=True)
    )
    found = model.signatures["erase_bytes"](image_bytes=images, mask_bytes=masks)
    for data, pair in zip(found["image_bytes"].numpy(), pairs, strict=True):
        assert (decode_image(data) == erase(model, *pair)).all()


def test_both_sides_are_the_network(runtimes, trained):
    assert [runtime.size for runtime in runtimes] == [SMALL, LARGE]
    model = erase_batch(trained.generator, trained.fill_color)
    for runtime in runtimes:
        image = real_photo(1, runtime.size, runtime.size)
        mask = np.zeros((*image.shape[:2], 1), np.uint8)
        mask[20:40, 15:45] = 1
        wanted = model(image[np.newaxis], mask[np.newaxis])["image"][0].numpy()
        found = runtime.run(image, mask)
        assert np.abs(found.astype(int) - wanted).max() <= 1
        assert (found[20:40, 15:45] != image[20:40, 15:45]).any()


def test_an_export_takes_the_side_that_is_asked_for(shards, tmp_path):
    given = {"formats": "float32", "size": SMALL, "data": shards}
    export_run(find_weights(), tmp_path, **given)
    assert load_runtimes(tmp_path / "model.tflite")[0].size == SMALL


def test_weights_stand_once_in_the_file(folder, trained):
    size = 4 * sum(int(np.prod(weight.shape)) for weight in trained.generator.weights)
    data = sum(path.stat().st_size for path in (folder / "variables").glob("*.data*"))
    assert data <= 1.02 * size


def test_a_pickled_eraser_loads_it_once(folder, eraser, monkeypatch):
    data = pickle.dumps(eraser)
    loaded, load = [], tf.saved_model.load
    monkeypatch.setattr(
        tf.saved_model, "load", lambda path: loaded.append(path) or load(path)
    )
    again = pickle.loads(data)
    assert loaded == [str(folder)]
    for side in PHOTOS:
        pair = make_pair(side)
        assert (again.erase(*pair) == eraser.erase(*pair)).all()


def test_what_was_written_before_is_loaded(of_old, runtimes):
    found = load_runtimes(of_old)
    assert [runtime.size for runtime in found] == [SMALL]
    old, small = Eraser(found), Eraser(runtimes[0])
    for side in PHOTOS:
        pair = make_pair(side)
        assert (old.erase(*pair) == small.erase(*pair)).all()


def test_the_whole_eraser_is_evaluated_at_both(folder, eraser):
    (method,) = load_models([f"eraser:{folder}"])
    image, mask = make_pair(260)
    found = method.fill(Example(0, "", image, mask[..., np.newaxis] // 255, "mask"))
    assert (found == eraser.erase(image, mask)).all()


def test_an_export_that_errs_at_twice_the_side_is_refused(
    folder, trained, shards, monkeypatch
):
    examples = read_examples(shards, SMALL)
    check = FORMATS[SAVED_MODEL], load_runtimes(folder), trained, examples
    compare_larger(*check)
    run = TwiceRuntime.run
    monkeypatch.setattr(
        TwiceRuntime,
        "run",
        lambda self, image, mask: run(self, image, mask) ^ (np.uint8(8) * (mask > 0)),
    )
    with pytest.raises(ExportError, match="differs from the Keras model"):
        compare_larger(*check)


@pytest.mark.parametrize(
    ("generator", "size", "sizes"),
    [
        (Compact, 128, [128, 256]),
        (Compact, 64, [64, 128]),
        (Compact, 160, [160]),  # 320 is more than twice what it was trained at
        (ContextEncoder, 128, [128]),
    ],
)
def test_twice_the_side_is_where_the_network_takes_it(generator, size, sizes):
    assert find_sizes(generator(width=1 / 16), size) == sizes
