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


def test_offsets_are_those_of_the_nearest_patches():
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (24, 28, 3)).astype(np.float32)
    wanted = np.zeros((24, 28), bool)
    wanted[8:14, 5:12] = True
    known = ~wanted
    offsets = find_offsets(image, wanted, known)
    padded = np.pad(image, [(RADIUS, RADIUS)] * 2 + [(0, 0)], "symmetric")

    def patch(row, column):
        return padded[row : row + 2 * RADIUS + 1, column : column + 2 * RADIUS + 1]

    sources = np.argwhere(find_sources(known))
    for row, column in np.argwhere(wanted):
        distances = [
            ((patch(row, column) - patch(*source)) ** 2).sum() for source in sources
        ]
        nearest = sources[np.argmin(distances)] - (row, column)
        assert (offsets[row, column] == nearest).all()
    assert (offsets[~wanted] == 0).all()


def test_of_many_patches_those_of_every_third_row_and_column_are_compared():
    image = np.random.default_rng(2).integers(0, 256, (60, 50, 3)).astype(np.float32)
    wanted = np.zeros((60, 50), bool)
    wanted[20:26, 30:37] = True
    offsets = find_offsets(image, wanted, ~wanted)
    sources = np.argwhere(wanted) + offsets[wanted]
    assert (sources % 3 == 0).all()
    assert len(np.unique(sources, axis=0)) > 10


def test_without_a_whole_known_patch_there_are_no_offsets():
    known = np.zeros((20, 20), bool)
    known[:6] = True
    assert find_offsets(np.zeros((20, 20, 3), np.float32), ~known, known) is None
