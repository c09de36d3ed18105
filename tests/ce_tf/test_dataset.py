import dataclasses
import itertools

import numpy as np
import pytest
import tensorflow as tf

from ce_tf import dataset, records
from ce_tf.dataset import train_dataset, validation_dataset
from ce_tf.errors import InputError
from ce_tf.manifest import read_manifest


@pytest.fixture(scope="module")
def manifest(shards):
    return read_manifest(shards)


def batches(shards, manifest, count, **changes) -> list[dict[str, np.ndarray]]:
    settings = {"size": 128, "batch_size": 4, "seed": 5} | changes
    made = train_dataset(shards, manifest, **settings)
    return list(itertools.islice(made.as_numpy_iterator(), count))


def same(first, second) -> bool:
    return all(
        (a[key] == b[key]).all()
        for a, b in zip(first, second, strict=True)
        for key in ("image", "mask")
    )


def test_a_batch_is_what_the_contract_says(shards, manifest):
    made = train_dataset(shards, manifest, size=128, batch_size=4, seed=0)
    assert made.element_spec == {
        "image": tf.TensorSpec([4, 128, 128, 3], tf.uint8),
        "mask": tf.TensorSpec([4, 128, 128, 1], tf.uint8),
    }
    (batch,) = batches(shards, manifest, 1)
    assert set(np.unique(batch["mask"])) == {0, 1}
    assert batch["mask"].any((1, 2, 3)).all()
    assert batch["image"].std() > 5


def test_the_same_seed_gives_the_same_examples(shards, manifest):
    assert same(batches(shards, manifest, 6), batches(shards, manifest, 6))
    assert not same(batches(shards, manifest, 6), batches(shards, manifest, 6, seed=6))


@pytest.mark.parametrize("start", [4, 20, 44])
def test_start_goes_on_where_a_run_stopped(shards, manifest, start):
    whole = batches(shards, manifest, 14)
    rest = batches(shards, manifest, 3, start=start)
    assert same(whole[start // 4 : start // 4 + 3], rest)


def test_an_epoch_holds_each_record_once_in_an_order_of_its_own(shards, manifest):
    split = manifest.splits["train"].images
    stored = list(
        tf.data.TFRecordDataset(
            [f"{shards}/{shard.name}" for shard in split]
        ).as_numpy_iterator()
    )
    stream = dataset._shuffled(shards, split, (0, 0), 0).as_numpy_iterator()
    first, second = (list(itertools.islice(stream, len(stored))) for _ in range(2))
    assert sorted(first) == sorted(second) == sorted(stored)
    assert len({tuple(order) for order in (first, second, stored)}) == 3


def test_pictures_and_holes_meet_anew_in_each_epoch(shards, manifest):
    count = sum(shard.records for shard in manifest.splits["train"].images)
    examples = batches(shards, manifest, 3 * count, batch_size=1)
    pairs = [
        (int(batch["image"].mean()), batch["mask"].tobytes()) for batch in examples
    ]
    assert len(set(pairs)) > 2 * count


def test_crops_move_and_flip(shards, manifest):
    name = manifest.splits["train"].images[0].name
    serialized = next(iter(tf.data.TFRecordDataset(f"{shards}/{name}")))
    crops = [
        dataset._random_crop(serialized, 128, (0, 2, tf.constant(i, tf.int64))).numpy()
        for i in range(24)
    ]
    assert len({crop.tobytes() for crop in crops}) > 12
    whole = tf.io.decode_jpeg(records.parse_image(serialized)["image/encoded"]).numpy()
    places = [_find(crop, whole) for crop in crops]
    assert {flipped for _, flipped in places} == {False, True}
    # The decoder smooths colours a little differently at the rim of a crop.
    assert all(error < 1.5 for error, _ in places), places


def _find(crop: np.ndarray, whole: np.ndarray) -> tuple[float, bool]:
    """The least mean difference of the crop to any part, and whether it is flipped."""
    best = []
    for flipped in (False, True):
        candidate = crop[:, ::-1] if flipped else crop
        for top, left in np.ndindex(whole.shape[0] - 127, whole.shape[1] - 127):
            part = whole[top : top + 128, left : left + 128].astype(int)
            best.append((float(np.abs(part - candidate).mean()), flipped))
    return min(best)


def test_records_are_shuffled_before_they_are_decoded(shards, manifest, monkeypatch):
    seen = []
    original = tf.random.experimental.stateless_shuffle

    def spy(value, seed):
        seen.append(tf.convert_to_tensor(value).dtype)
        return original(value, seed)

    monkeypatch.setattr(tf.random.experimental, "stateless_shuffle", spy)
    batches(shards, manifest, 1)
    assert len(seen) == 4  # shards and records, of images and of masks
    assert set(seen) == {tf.string}


def test_validation_gives_each_picture_once_and_always_the_same(shards, manifest):
    made = validation_dataset(shards, manifest, size=128, batch_size=4)
    first, second = (list(made.as_numpy_iterator()) for _ in range(2))
    assert same(first, second)
    count = sum(shard.records for shard in manifest.splits["val"].images)
    assert sum(len(batch["image"]) for batch in first) == count


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"size": 100}, "--size=128"),
        ({"mask_size": 64}, "--mask_size=128"),
        ({"splits": {}}, "no train pictures"),
    ],
)
def test_shards_that_do_not_suit_are_refused(shards, manifest, change, words):
    with pytest.raises(InputError, match=words):
        batches(shards, dataclasses.replace(manifest, **change), 1)
