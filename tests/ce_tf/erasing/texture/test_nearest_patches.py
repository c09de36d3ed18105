import numpy as np

from ce_tf.erasing.texture.nearest_patches import RADIUS, find_offsets, find_sources


def test_sources_are_the_middles_of_wholly_known_patches():
    rng = np.random.default_rng(0)
    known = rng.random((30, 40)) > 0.01
    sources = find_sources(known)
    for row in range(30):
        for column in range(40):
            rows, columns = (
                slice(middle - RADIUS, middle + RADIUS + 1) for middle in (row, column)
            )
            inside = RADIUS <= row < 30 - RADIUS and RADIUS <= column < 40 - RADIUS
            whole = inside and known[rows, columns].all()
            assert sources[row, column] == whole
    assert sources.any()


def measure(image, targets, sources):
    """Squared distances of patches, [targets, sources]."""
    padded = np.pad(image, [(RADIUS, RADIUS)] * 2 + [(0, 0)], "symmetric")
    side = 2 * RADIUS + 1
    rows, others = (
        np.stack([padded[y : y + side, x : x + side].ravel() for y, x in places])
        for places in (targets, sources)
    )
    return np.square(rows[:, np.newaxis] - others).sum(-1)


def test_offsets_lead_to_what_is_alike_near_and_not_taken():
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (30, 34, 3)).astype(np.float32)
    image[4:12, 18:30] = image[15:23, 5:17] = 90  # two that are even, and alike
    wanted = np.zeros((30, 34), bool)
    wanted[17:21, 19:32] = True
    offsets = find_offsets(image, wanted, ~wanted)
    targets, sources = np.argwhere(wanted), np.argwhere(find_sources(~wanted))
    distances = measure(image, targets, sources)
    unit = np.median(distances[::24].min(-1)) + 1
    ways = np.linalg.norm(targets[:, np.newaxis] - sources, axis=-1) / 13
    taken = np.zeros(len(sources))
    for number in range(24):
        costs = distances[number::24] + unit * (3 * ways[number::24] + 0.05 * taken)
        likes = sources[costs.argmin(-1)]
        found = targets[number::24] + offsets[wanted][number::24]
        np.testing.assert_array_equal(found, likes)
        for like in likes:
            taken += (np.abs(sources - like) <= 1).all(-1)
    assert (offsets[~wanted] == 0).all()


def test_an_even_fill_does_not_get_one_patch_all_over():
    """The truth repeats with grain of its own; the fill is its mean, even."""
    rng = np.random.default_rng(3)
    image = rng.normal(128, 20, (70, 70, 3)).astype(np.float32)
    wanted = np.zeros((70, 70), bool)
    wanted[25:45, 25:45] = True
    image[20:50, 20:50] = 128
    offsets = find_offsets(image, wanted, ~wanted)
    _, counts = np.unique(
        np.argwhere(wanted) + offsets[wanted], axis=0, return_counts=True
    )
    assert len(counts) > 25  # of 400
    assert counts.max() < 40


def test_of_two_that_are_alike_the_nearer_is_taken():
    tile = np.random.default_rng(4).integers(0, 256, (20, 20, 3)).astype(np.float32)
    image = np.tile(tile, (1, 3, 1))
    wanted = np.zeros((20, 60), bool)
    wanted[8:12, 6:10] = True
    offsets = find_offsets(image, wanted, ~wanted)
    np.testing.assert_array_equal(offsets[wanted], [[0, 20]] * 16)


def test_of_many_patches_those_of_every_third_row_and_column_are_compared():
    image = np.random.default_rng(2).integers(0, 256, (60, 50, 3)).astype(np.float32)
    wanted = np.zeros((60, 50), bool)
    wanted[20:32, 26:40] = True
    offsets = find_offsets(image, wanted, ~wanted)
    sources = np.argwhere(wanted) + offsets[wanted]
    assert (sources % 3 == 0).all()
    assert len(np.unique(sources, axis=0)) > 10


def test_without_a_whole_known_patch_there_are_no_offsets():
    known = np.zeros((20, 20), bool)
    known[:6] = True
    assert find_offsets(np.zeros((20, 20, 3), np.float32), ~known, known) is None
