"""What ships, scored on real photographs that it never saw: those of scikit-image."""

import dataclasses
import functools
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest

from ce_tf import baselines
from ce_tf.completion.runtimes import TFLiteRuntime
from ce_tf.erasing.eraser import Eraser
from ce_tf.images.photo import read_photo
from ce_tf.metrics import gradient_energy_ratio, hole_psnr
from ce_tf.pretrained import files
from tests.fakes import find_photographs

SIZE = 256  # of the network

# A photo and its hole, uint8 [H, W, 3] and [H, W] of 0 and 1.
Case = tuple[np.ndarray, np.ndarray]
# Takes a photo without what lies in the hole, and the hole.
Fill = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclasses.dataclass(frozen=True)
class Score:
    """Means over the holes: PSNR in dB; detail, as a share of the photo's, geometric.

    The first alone would prize a blur, the second alone noise.
    """

    psnr: float
    detail: float


def score(fill: Fill, cases: list[Case]) -> Score:
    rows = []
    for photo, hole in cases:
        completed = fill(photo * (1 - hole[..., np.newaxis]), hole)
        assert (completed[hole == 0] == photo[hole == 0]).all()
        trio = photo, completed, hole
        rows.append((hole_psnr(*trio), np.log(gradient_energy_ratio(*trio) + 1e-6)))
    psnr, detail = np.mean(rows, 0)
    return Score(psnr, np.exp(detail))


def telea(photo: np.ndarray, hole: np.ndarray) -> np.ndarray:
    return baselines.telea(photo, hole[..., np.newaxis])


def navier_stokes(photo: np.ndarray, hole: np.ndarray) -> np.ndarray:
    return baselines.navier_stokes(photo, hole[..., np.newaxis])


def draw_holes(photo: np.ndarray, count: int, radii: tuple[int, int]) -> Iterator[Case]:
    """Ellipses anywhere in the photo, ten pixels from its rim at least."""
    rng = np.random.default_rng(0)
    for _ in range(count):
        axes = rng.integers(*radii, 2)
        margin = int(axes.max()) + 10
        center = [
            int(rng.integers(margin, side - margin)) for side in photo.shape[1::-1]
        ]
        hole = np.zeros(photo.shape[:2], np.uint8)
        turned = float(rng.uniform(0, 180))
        cv2.ellipse(hole, center, axes.tolist(), turned, 0, 360, 1, -1)
        yield photo, hole


@pytest.fixture(scope="module")
def photos() -> list[np.ndarray]:
    """Four, of 300x451 to 512x512 pixels."""
    return [read_photo(path).image for path in find_photographs()]


@pytest.fixture(scope="module")
def cases(photos) -> list[Case]:
    """Photos at full size with six holes each, of 30 to 80 pixels."""
    return [case for photo in photos for case in draw_holes(photo, 6, (15, 40))]


@pytest.fixture(scope="module")
def small_cases(photos) -> list[Case]:
    """Squares at the network's size with twelve holes each."""
    sides = [min(photo.shape[:2]) for photo in photos]
    squares = [
        cv2.resize(photo[:side, :side], (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        for photo, side in zip(photos, sides, strict=True)
    ]
    return [case for photo in squares for case in draw_holes(photo, 12, (28, 60))]


@pytest.fixture(scope="module")
def usual(cases) -> Score:
    return score(telea, cases)


def beats(found: Score, usual: Score) -> bool:
    """Nearer to the photo than Telea's fill, and richer in detail.

    Measured: PSNR 21.2 dB and detail 0.21 for Telea's; 23.0 and 0.28 for ours, 22.6 and
    0.29 without texture; grey 12.7. Texture is copied from places that a level more or
    less may change, so about half of the gain in PSNR is asked for.
    """
    return found.psnr > usual.psnr + 0.8 and found.detail > 1.25 * usual.detail


@pytest.mark.numeric
@pytest.mark.parametrize("detail", [0, 1])
def test_erasing_beats_telea_at_full_size(cases, usual, detail):
    """With the texture of the surroundings, and as the network draws it."""
    found = score(functools.partial(Eraser().erase, detail=detail), cases)
    assert beats(found, usual), (found, usual)


@pytest.mark.parametrize("thickness", [1, 2, 4])
def test_wires_are_erased_better_than_by_opencv(photos, thickness):
    """Measured: 30.0, 27.35 and 26.3 dB; the better of the two 29.3, 27.27 and 25.9."""
    rng, cases = np.random.default_rng(3), []
    for photo in photos:
        height, width = photo.shape[:2]
        hole = np.zeros((height, width), np.uint8)
        for _ in range(3):
            ends = [int(rng.integers(height)) for _ in range(2)]
            cv2.line(hole, (0, ends[0]), (width, ends[1]), 1, thickness)
        cases.append((photo, hole))
    usual = max(score(fill, cases).psnr for fill in (telea, navier_stokes))
    assert score(Eraser().erase, cases).psnr > usual


def grey(photo: np.ndarray, hole: np.ndarray) -> np.ndarray:
    return np.where(hole[..., np.newaxis] > 0, np.uint8(128), photo)


def blurred(photo: np.ndarray, hole: np.ndarray) -> np.ndarray:
    soft = cv2.GaussianBlur(telea(photo, hole), (0, 0), 4)
    return np.where(hole[..., np.newaxis] > 0, soft, photo)


@pytest.mark.parametrize("fill", [grey, blurred, telea])
def test_a_grey_fill_and_a_blur_do_not(cases, usual, fill):
    assert not beats(score(fill, cases), usual)


@pytest.fixture(scope="module")
def network(small_cases) -> Score:
    """What the network alone reaches at its own size."""
    runtime = TFLiteRuntime(files.find_model())
    assert runtime.size == SIZE
    return score(
        lambda photo, hole: runtime.run(photo, hole[..., np.newaxis]), small_cases
    )


@pytest.mark.parametrize("baseline", [telea, navier_stokes])
def test_the_network_alone_beats_opencv(small_cases, network, baseline):
    # Measured: by 0.9 and 0.8 dB.
    assert network.psnr > score(baseline, small_cases).psnr + 0.3
