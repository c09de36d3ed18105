import cv2
import numpy as np
import pytest
import skimage
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ce_tf.erasing.eraser import Eraser
from ce_tf.erasing.regions import Region, group_hole
from ce_tf.erasing.window import place_window
from tests.ce_tf.erasing.mean_runtime import MeanRuntime


@st.composite
def holes(draw) -> np.ndarray:
    height, width = draw(st.integers(3, 160)), draw(st.integers(3, 160))
    mask = np.zeros((height, width), np.uint8)
    for _ in range(draw(st.integers(1, 6))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        size = draw(st.integers(1, 60))
        mask[top : top + size, left : left + draw(st.integers(1, 60))] = 1
    mask[draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))] = 0
    mask[0, 0] = 0
    return mask


def mark(region: Region, hole: np.ndarray) -> np.ndarray:
    """The region in a mask, uint8 [H, W]."""
    left, top, width, height = region.box
    own = np.zeros_like(hole)
    own[top : top + height, left : left + width] = region.find(hole)
    return own


@settings(deadline=None, max_examples=100)
@given(holes())
def test_parts_are_the_hole_and_disjoint(mask):
    total = np.zeros_like(mask)
    for part in group_hole(mask, 32):
        own = mark(part, mask)
        assert cv2.boundingRect(own) == part.box
        total += own
    assert (total == mask).all()


@settings(deadline=None, max_examples=60)
@given(holes(), st.integers(0, 5), st.sampled_from([0.0, 1.0]))
def test_any_hole_of_any_photo_leaves_the_rest_to_the_bit(mask, grow, detail):
    if not mask.any():
        mask[-1, -1] = 1
    reach = np.ones((2 * grow + 1, 2 * grow + 1), np.uint8)
    grown = cv2.dilate(mask, reach)
    assume(not grown.all())
    image = np.random.default_rng(0).integers(0, 256, (*mask.shape, 3), dtype=np.uint8)
    before = image.copy()
    result = Eraser(MeanRuntime()).erase(image, mask, grow=grow, detail=detail)
    assert (image == before).all()
    assert (result[grown == 0] == image[grown == 0]).all()


def test_parts_far_apart_have_windows_of_their_own():
    mask = np.zeros((600, 800), np.uint8)
    mask[10:20, 10:20] = mask[22:30, 12:20] = mask[500:600, 700:800] = 1
    boxes = [part.box for part in group_hole(mask, 16)]
    assert boxes == [(12, 22, 8, 8), (10, 10, 10, 10), (700, 500, 100, 100)]
    boxes = [part.box for part in group_hole(mask, 128)]
    assert boxes == [(10, 10, 10, 20), (700, 500, 100, 100)]


def sum_windows(hole: np.ndarray, size: int) -> tuple[int, int]:
    """How many windows a hole has, and their pixels together."""
    regions = group_hole(hole, size)
    sides = [
        place_window(part.box, np.count_nonzero(hole), hole.shape, size).side
        for part in regions
    ]
    return len(sides), sum(side**2 for side in sides)


@pytest.mark.parametrize("thickness", [1, 5, 20, 60])
@pytest.mark.parametrize("end", [(2399, 1800), (2399, 20), (30, 1800)])
def test_windows_follow_a_wire(thickness, end):
    hole = np.zeros((1801, 2400), np.uint8)
    cv2.line(hole, (20, 0), end, 1, thickness)
    count, pixels = sum_windows(hole, 128)
    length = np.hypot(end[0] - 20, end[1])
    # A piece is as long as the network sees unscaled, 64, or 8 times as long as thick;
    # halves of what is a little too long are half of that.
    longest = max(64, 8 * thickness)
    assert length / (1.5 * longest) <= count <= 2.9 * length / min(64, longest)
    assert pixels <= max(128**2 * count, 40 * np.count_nonzero(hole))
    assert pixels < 0.2 * (2 * max(end)) ** 2


def test_a_frame_round_a_photo_is_cut_and_an_object_is_not():
    hole = np.zeros((1000, 1400), np.uint8)
    cv2.rectangle(hole, (10, 10), (1390, 990), 1, 6)
    count, pixels = sum_windows(hole, 128)
    shortest = 2 * (1380 + 980) / 64  # as many windows as it takes at least
    assert shortest <= count < 1.3 * shortest
    assert pixels < 1.1 * count * 128**2  # corners are longer
    hole[:] = 0
    cv2.ellipse(hole, (700, 500), (90, 420), 15, 0, 360, 1, -1)
    assert sum_windows(hole, 128)[0] == 1


def test_specks_share_windows():
    rng = np.random.default_rng(0)
    hole = np.zeros((2000, 3000), np.uint8)
    for place in rng.integers(0, (3000, 2000), (300, 2)).tolist():
        cv2.circle(hole, place, int(rng.integers(1, 7)), 1, -1)
    count, _ = sum_windows(hole, 256)
    assert count < 200
    # Ten times as many of them do not need ten times as many windows: they tile.
    hole[rng.integers(0, 2000, 3000), rng.integers(0, 3000, 3000)] = 1
    count, pixels = sum_windows(hole, 256)
    assert count < 1.5 * hole.size / 128**2
    assert pixels < 6 * hole.size


@pytest.fixture(scope="module")
def eraser() -> Eraser:
    """What ships."""
    return Eraser()


@pytest.mark.parametrize(("feather", "detail"), [(0, 0.0), (0, 1.0), (2, 0.0)])
def test_pieces_of_a_wire_meet_without_a_seam(eraser, feather, detail):
    """Steps along a wire are no larger where two pieces meet than within pieces."""
    across, within = [], []
    for name in ("astronaut", "chelsea", "coffee", "rocket"):
        image = getattr(skimage.data, name)()[:300, :450].copy()
        hole = np.zeros(image.shape[:2], np.uint8)
        hole[140:150, 10:440] = 1
        image[hole > 0] = [255, 0, 0]
        borders = sorted(part.box[0] for part in group_hole(hole, eraser.size))[1:]
        assert len(borders) == 3
        result = eraser.erase(image, hole, feather=feather, detail=detail)
        wire = result[140 + feather : 150 - feather, 10:440].astype(float)
        steps = np.abs(np.diff(wire, axis=1)).mean((0, 2))
        meet = np.isin(np.arange(len(steps)) + 11, borders)
        across += steps[meet].tolist()
        within += steps[~meet].tolist()
        # The wire is gone: red is far from what lies above and below.
        beside = image[[139, 150], 10:440].mean((0, 1))
        assert np.abs(wire.mean((0, 1)) - beside).max() < 20
    assert np.mean(across) < 1.2 * np.mean(within)


def test_where_a_region_ends_within_the_hole_is_no_rim():
    """Feathering reaches inward from the hole's rim alone."""
    image = np.zeros((180, 640, 3), np.uint8)
    hole = np.zeros((180, 640), np.uint8)
    hole[80:100, 5:635] = 1
    assert len(group_hole(hole, 32)) > 3

    class WhiteRuntime(MeanRuntime):
        def run(self, image, mask):
            return np.full_like(image, 255)

    image[hole > 0] = 200
    image[hole == 0] = 255
    result = Eraser(WhiteRuntime()).erase(image, hole, feather=4, detail=0)
    assert (result[80:100, 12:628] == result[80:100, 12:13]).all()
    assert (result[80, 12:628] < 255).all()
    assert (result[88:92, 12:628] == 255).all()


def test_a_large_hole_is_one_region_with_all_its_looks():
    mask = np.zeros((100, 120), np.uint8)
    mask[1:99, 1:119] = 1
    runtime = MeanRuntime()
    image = np.full((100, 120, 3), 77, np.uint8)
    assert (Eraser(runtime).erase(image, mask) == 77).all()
    assert len(runtime.areas) == 4
    assert min(runtime.areas) > 0.5


def test_the_fill_meets_the_rim():
    image = np.zeros((200, 200, 3), np.uint8)
    image[:] = np.linspace(20, 220, 200)[:, np.newaxis].astype(np.uint8)
    mask = np.zeros((200, 200), np.uint8)
    mask[60:140, 60:140] = 1  # its mean is flat, the photo is not
    result = Eraser(MeanRuntime()).erase(image, mask, detail=0).astype(int)
    for inner, outer in ((60, 59), (139, 140)):
        assert np.abs(result[inner] - result[outer])[62:138].mean() < 4
