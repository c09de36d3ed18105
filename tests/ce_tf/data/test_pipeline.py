import dataclasses
import itertools

import cv2
import numpy as np
import pytest
import tensorflow as tf

from ce_tf.data import pipeline
from ce_tf.data.crops import draw_sides
from ce_tf.data.pipeline import train_dataset, validation_dataset
from ce_tf.data.seeds import ZOOM, Stream
from ce_tf.data.shuffling import deal_shards
from ce_tf.errors import InputError
from ce_tf.records import schema
from ce_tf.records.manifest import read_manifest, shard_paths


@pytest.fixture(scope="module")
def manifest(shards):
    return read_manifest(shards)


def batches(shards, manifest, count, **changes) -> list[dict[str, np.ndarray]]:
    settings = {"size": 128, "batch_size": 4, "seed": 5} | changes
    made = train_dataset(shards, manifest, **settings)
    return list(itertools.islice(made.as_numpy_iterator(), count))


def host(index: int, count: int, replicas: int = 1) -> tf.distribute.InputContext:
    """One of several hosts, each with some replicas."""
    return tf.distribute.InputContext(count, index, count * replicas)


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
        "row": tf.TensorSpec([4], tf.int32),
    }
    (batch,) = batches(shards, manifest, 1)
    assert set(np.unique(batch["mask"])) == {0, 1}
    assert batch["mask"].any((1, 2, 3)).all()
    assert batch["image"].std() > 5
    assert batch["row"].tolist() == [0, 1, 2, 3]


def test_the_same_seed_gives_the_same_examples(shards, manifest):
    assert same(batches(shards, manifest, 6), batches(shards, manifest, 6))
    assert not same(batches(shards, manifest, 6), batches(shards, manifest, 6, seed=6))


@pytest.mark.parametrize("start", [4, 20, 44])
def test_start_goes_on_where_a_run_stopped(shards, manifest, start):
    whole = batches(shards, manifest, 14)
    rest = batches(shards, manifest, 3, start=start)
    assert same(whole[start // 4 : start // 4 + 3], rest)


def test_pictures_and_holes_meet_anew_in_each_epoch(shards, manifest):
    count = sum(shard.records for shard in manifest.splits["train"].images)
    examples = batches(shards, manifest, 3 * count, batch_size=1)
    pairs = [
        (int(batch["image"].mean()), batch["mask"].tobytes()) for batch in examples
    ]
    assert len(set(pairs)) > 2 * count


def test_crops_move_and_flip(shards, manifest):
    stored = _decode_stored(shards, manifest)
    made = batches(shards, manifest, 24, batch_size=1)
    places = [_find(batch["image"][0], stored) for batch in made]
    # The decoder smooths colours a little differently at the rim of a crop.
    assert all(error < 1.5 for error, *_ in places), places
    assert {flipped for _, _, flipped, _ in places} == {False, True}
    for side in (0, 1):
        offsets = {offset[side] for _, offset, *_ in places}
        assert len(offsets) > 5
        assert min(offsets) >= 0


def _decode_stored(shards, manifest) -> list[np.ndarray]:
    paths = shard_paths(shards, manifest.splits["train"].images)
    return [
        tf.io.decode_jpeg(schema.parse_image(record)["image/encoded"]).numpy()
        for record in tf.data.TFRecordDataset(paths)
    ]


def test_some_crops_are_enlarged_and_nothing_else_changes(shards, manifest):
    stored = _decode_stored(shards, manifest)
    plain = batches(shards, manifest, 40, batch_size=1)
    made = batches(shards, manifest, 40, batch_size=1, zoom=1.5)
    assert all((a["mask"] == b["mask"]).all() for a, b in zip(plain, made, strict=True))
    images = [(a["image"][0], b["image"][0]) for a, b in zip(plain, made, strict=True)]
    enlarged = [b for a, b in images if (a != b).any()]
    assert 6 <= len(enlarged) <= 22  # a third, by chance
    for image in enlarged[:2]:
        found = min(
            _find(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), stored)
            for side in range(86, 128)
        )
        assert found[0] < 3, found


def test_sides_lie_evenly_between_one_and_the_zoom():
    stream = Stream(5, ZOOM)
    sides = draw_sides(stream, tf.constant(6000), tf.constant(0), 0, 256, 4.0).numpy()
    smaller = sides[sides < 256]
    assert len(smaller) / len(sides) == pytest.approx(1 / 3, abs=0.03)
    assert smaller.min() in (64, 65, 66)
    shares = [np.mean(smaller < bound) for bound in (91, 128, 181)]
    np.testing.assert_allclose(shares, [0.25, 0.5, 0.75], atol=0.04)
    same = draw_sides(stream, tf.constant(6000), tf.constant(0), 0, 256, 1.0).numpy()
    assert set(same) == {256}


def _find(crop: np.ndarray, stored: list[np.ndarray]) -> tuple:
    """Where a crop is from: least mean difference, place, flipped, which picture."""
    best, side = [], len(crop)
    for flipped in (False, True):
        seen = crop[:, ::-1] if flipped else crop
        for number, whole in enumerate(stored):
            # Squared differences by correlation: quick over all places.
            error = cv2.matchTemplate(whole, np.ascontiguousarray(seen), cv2.TM_SQDIFF)
            top, left = np.unravel_index(np.argmin(error), error.shape)
            part = whole[top : top + side, left : left + side].astype(int)
            error = float(np.abs(part - seen).mean())
            best.append((error, (top, left), flipped, number))
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


def test_two_hosts_see_together_what_one_sees(even_shards):
    manifest = read_manifest(even_shards)
    whole = batches(even_shards, manifest, 12, batch_size=8)
    parts = [
        batches(even_shards, manifest, 12, batch_size=8, context=host(index, 2))
        for index in (0, 1)
    ]
    for one, *two in zip(whole, *parts, strict=True):
        assert [len(part["row"]) for part in two] == [4, 4]
        rows = np.concatenate([part["row"] for part in two])
        assert sorted(rows) == list(range(8))
        for key in ("image", "mask"):
            together = np.concatenate([part[key] for part in two])
            assert (together == one[key][rows]).all()


def test_each_host_reads_shards_of_its_own(even_shards, monkeypatch):
    manifest = read_manifest(even_shards)
    lanes = deal_shards(manifest.splits["train"].images, 8, 2)
    assert len(lanes) == 4
    names = [shard.name for lane in lanes for shard in lane]
    assert sorted(names) == sorted(s.name for s in manifest.splits["train"].images)
    opened = []
    original = pipeline.shuffle_records

    def spy(paths, *rest):
        opened.append({path.rpartition("/")[2] for path in paths})
        return original(paths, *rest)

    monkeypatch.setattr(pipeline, "shuffle_records", spy)
    batches(even_shards, manifest, 1, batch_size=8, context=host(1, 2))
    pictures = set().union(*(names for names in opened if "images" in min(names)))
    assert pictures == {shard.name for lane in lanes[1::2] for shard in lane}


def test_replicas_share_the_rows_of_their_host(even_shards):
    made = batches(
        even_shards,
        read_manifest(even_shards),
        2,
        batch_size=8,
        context=host(0, 1, replicas=2),
    )
    assert [batch["row"].tolist() for batch in made] == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_shards_that_hosts_cannot_share_are_refused(shards, manifest):
    with pytest.raises(InputError, match="cannot be shared evenly by 2 hosts"):
        batches(shards, manifest, 1, context=host(0, 2))
