"""Windows too large to work on in full are shrunk, filled and enlarged again."""

import base64

import cv2
import numpy as np
import pytest

from ce_tf.erasing import view
from ce_tf.erasing.regions import group_hole
from ce_tf.erasing.texture.synthesis import Painted
from ce_tf.erasing.window import place_window
from ce_tf.metrics import gradient_energy_ratio, hole_psnr
from tests.fakes import real_photo
from tests.web.engine.cases import box, ellipse, read
from tests.web.engine.page_engine import FLOAT16, float16_eraser

SIZE = 32  # that a network takes
LARGEST = 100
# What the scripts below share: bytes to and from Python, and what is worked on.
SHARED = """
    const bytes = (text) => Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
    const text = (array) => {
        const some = [];
        const all = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
        for (let first = 0; first < all.length; first += 1 << 15)
            some.push(String.fromCharCode(...all.subarray(first, first + (1 << 15))));
        return btoa(some.join(''));
    };
    const names = ['cells', 'decisions', 'enlarging', 'eraser', 'photo', 'regions'];
    const engine = {};
    for (const name of [...names, 'view'])
        Object.assign(engine, await import(`/engine/${name}.js`));
    const open = ({ width, height, image, mask, size, largest, number }) => {
        const photo = { width, height, data: new Uint8ClampedArray(bytes(image)) };
        const marked = bytes(mask);
        const box = engine.boundMask(marked, width);
        const hole = { ...box, data: engine.cutMask(marked, width, box) };
        const known = marked.map((pixel) => 1 - pixel);
        const region = engine.groupHole(hole, size)[number];
        const pixels = marked.reduce((sum, pixel) => sum + pixel, 0);
        const window = engine.placeWindow(region.box, pixels, height, width, size);
        const view = engine.look(window, photo, known, region, hole, largest);
        return { photo, hole, known, region, window, view };
    };
"""
LOOK = """async (request) => {%s
    const { view: { window, picture, known, own } } = open(request);
    const [seen, sure, some] = [picture.data, known, own].map(text);
    const { width, height } = picture;
    return { ...window, width, height, image: seen, known: sure, own: some };
}"""
READ = """async ({ filled, offsets, share, ...request }) => {%s
    const { photo, known, region, window, view } = open(request);
    const picture = { ...view.picture, data: new Uint8ClampedArray(bytes(filled)) };
    const pairs = new Int32Array(bytes(offsets).buffer);
    const painted = {
        down: pairs.filter((_, place) => place %% 2 === 0),
        along: pairs.filter((_, place) => place %% 2 === 1),
        share: new Float32Array(bytes(share).buffer),
    };
    const fill = { view, picture, painted };
    const read = engine.openFill(fill, window, photo, known);
    const whole = read(region.box);
    for (const [down, along] of [[0, 0], [37, 90], [45, 31]]) {
        const { left, top } = region.box;
        const tile = { left: left + along, top: top + down, width: 45, height: 61 };
        const part = engine.cutPicture({ ...region.box, data: whole },
            { ...tile, left: along, top: down });
        if (text(part.data) !== text(read(tile))) throw new Error('tiles differ');
    }
    return text(whole);
}"""
# A network that fills with the mean of what is known, of three sizes.
ERASE = """async ({ options, ...request }) => {%s
    const { width, height, image, mask, largest } = request;
    const photo = { width, height, data: new Uint8ClampedArray(bytes(image)) };
    const marked = bytes(mask);
    const box = engine.boundMask(marked, width);
    const asked = [];
    const run = async (pixels, hole) => {
        const sums = [0, 0, 0, 0];
        hole.forEach((lost, pixel) => {
            if (lost) return;
            sums[3]++;
            for (const channel of [0, 1, 2])
                sums[channel] += pixels[3 * pixel + channel];
        });
        return pixels.map((value, place) => {
            const lost = hole[Math.floor(place / 3)];
            return lost ? Math.round(sums[place %% 3] / sums[3]) : value;
        });
    };
    const changed = await engine.erase(
        { ...box, data: engine.cutMask(marked, width, box) },
        { width, height },
        options,
        {
            sizes: [32, 80, 512],
            openNetwork: async (size) => (asked.push(size), { size, run }),
            readPixels: async (part) => engine.cutPicture(photo, part),
            report: async () => {},
            largest,
        },
    );
    engine.pastePicture(changed, photo, changed);
    return { image: text(photo.data), asked };
}"""


@pytest.fixture
def run(engine):
    """A script above; its photo, hole and what else it takes."""

    def run(script: str, image: np.ndarray, hole: np.ndarray, **request):
        height, width = hole.shape
        photo = np.dstack([image, np.full_like(hole, 255)])
        request = {"number": 0, "size": SIZE, "largest": LARGEST} | request
        request |= {"image": encode(photo), "mask": encode(hole)}
        request |= {"width": width, "height": height}
        return engine.page.evaluate(script % SHARED, request)

    return run


@pytest.fixture
def shrunk(monkeypatch) -> None:
    """Windows of more than 100 pixels are large in Python too."""
    monkeypatch.setattr(view, "LARGEST", LARGEST)


def encode(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def decode(text: str, shape: tuple[int, ...]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape)


def look(image: np.ndarray, hole: np.ndarray, number: int = 0) -> view.View:
    """Python's view of a region."""
    region = group_hole(hole, SIZE)[number]
    window = place_window(region.box, np.count_nonzero(hole), hole.shape, SIZE)
    return view.look(window, image, 1 - hole, region, hole)


def draw(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """A photo and a hole in it, of 0 and 1."""
    image = real_photo(1, 301, 420)
    if kind == "small":
        hole = box(image, 200, 100, 40, 40)
    elif kind == "object":
        hole = ellipse(image, 200, 140, 90, 50)
    elif kind == "corner":
        hole = box(image, 311, 0, 109, 130)
    elif kind == "beyond":  # as long as the photo, and little else in it
        hole = box(image, 3, 5, 415, 290)
    elif kind == "regions":  # two that lie apart, of which the larger sees the other
        hole = box(image, 60, 60, 140, 150) | box(image, 215, 100, 50, 20)
    elif kind == "board":  # no small pixel is wholly known
        hole = box(image, 100, 50, 150, 150)
        hole &= np.uint8(255 * (np.indices(hole.shape).sum(0) % 2))
    return image, np.minimum(hole, 1)


@pytest.mark.parametrize(
    "kind", ["small", "object", "corner", "beyond", "regions", "board"]
)
def test_the_same_is_worked_on_as_in_python(run, shrunk, kind):
    image, hole = draw(kind)
    for number in range(len(group_hole(hole, SIZE))):
        wanted = look(image, hole, number)
        found = run(LOOK, image, hole, number=number)
        shape = wanted.known.shape
        assert max(shape) <= LARGEST
        assert (found["height"], found["width"]) == shape
        place = wanted.window.top, wanted.window.left, wanted.window.side
        assert (found["top"], found["left"], found["side"]) == place
        np.testing.assert_array_equal(decode(found["known"], shape), wanted.known)
        np.testing.assert_array_equal(decode(found["own"], shape), wanted.own)
        seen = decode(found["image"], (*shape, 4))[..., :3].astype(int)
        assert np.abs(seen - wanted.image).max() <= 1


def test_a_fill_is_enlarged_with_the_finest_detail_as_in_python(run, shrunk):
    """Any offsets, of which some lead out of the photo or into the hole."""
    image, hole = draw("object")
    image = np.random.default_rng(0).integers(0, 256, image.shape, np.uint8)
    seen = look(image, hole)
    rng = np.random.default_rng(1)
    shape = seen.known.shape
    filled = cv2.GaussianBlur(rng.integers(0, 256, (*shape, 3), np.uint8), (0, 0), 1)
    offsets = rng.integers(-70, 70, (*shape, 2)).astype(np.int32)
    share = rng.choice([0, 0.5, 1], shape).astype(np.float32)
    painted = Painted(filled, offsets, share)
    region, *_ = group_hole(hole, SIZE)
    window = place_window(region.box, np.count_nonzero(hole), hole.shape, SIZE)
    left, top, width, height = region.box
    first, start = top - window.rows.start, left - window.columns.start
    wanted = view.Fill(seen, filled, painted).read(
        window.inside(image),
        window.inside(1 - hole),
        slice(first, first + height),
        slice(start, start + width),
    )
    rgba = np.dstack([filled, np.full(shape, 255, np.uint8)])
    sent = {"filled": rgba, "offsets": offsets, "share": share}
    sent = {name: encode(values) for name, values in sent.items()}
    found = decode(run(READ, image, hole, **sent), (height, width, 4))[..., :3]
    difference = np.abs(found.astype(int) - wanted)
    # OpenCV rounds places to a 32th of a pixel, of noise.
    assert difference.mean() < 1
    assert np.quantile(difference, 0.999) <= 12


@pytest.mark.parametrize("kind", ["object", "corner", "beyond", "regions", "board"])
@pytest.mark.parametrize("detail", [0, 1])
def test_any_hole_keeps_the_law(run, kind, detail):
    """The rest stays to the bit, and nothing of what lies in the hole is seen."""
    image, hole = draw(kind)
    options = {"grow": 0, "feather": 0, "detail": detail}
    other = np.where(hole[..., np.newaxis] > 0, 255 - image, image)
    found = [run(ERASE, photo, hole, options=options) for photo in (image, other)]
    results = [decode(answer["image"], (*hole.shape, 4))[..., :3] for answer in found]
    np.testing.assert_array_equal(*results)
    assert (results[0][hole == 0] == image[hole == 0]).all()
    assert (results[0][hole > 0] != image[hole > 0]).any()
    # Nothing was worked on in full: that would have been large enough for 512.
    assert set(found[0]["asked"]) <= {32, 80}


def test_a_window_that_shows_hole_alone_waits(run):
    """In a narrow photo that is hole but for its last pixels."""
    image, hole = np.zeros((12, 420, 3), np.uint8), np.ones((12, 420), np.uint8)
    image[:, -1], hole[:, -1] = (100, 150, 200), 0
    options = {"grow": 0, "feather": 0, "detail": 1}
    answer = run(ERASE, image, hole, options=options)
    completed = decode(answer["image"], (12, 420, 4))[..., :3]
    assert np.abs(completed - np.array((100.0, 150, 200))).max() <= 1


def test_where_shrinking_is_not_wanted_it_is_not_done(run):
    image, hole = draw("object")
    options = {"grow": 0, "feather": None, "detail": 0}
    assert run(ERASE, image, hole, options=options, largest=1200)["asked"] == [512]


@pytest.fixture(scope="module")
def pairs(engine, assets):
    """Large holes: photo, hole, and what both engines make of it, by `detail`."""
    eraser, rows = float16_eraser(assets), []
    for name in ("retina.jpg", "gravel.png"):
        image = read(name, 1400, 1400)
        rest = [(0, 1400 - length) for length in image.shape[:2]]
        image = np.pad(image, [*rest, (0, 0)], "symmetric")
        mask = ellipse(image, 650, 700, 350, 300)
        both = []
        for detail in (0, 1):
            options = {"detail": detail, "grow": 3}
            answer = engine.erase(image, mask, options={"model": FLOAT16} | options)
            python = eraser.erase(image, mask, **options)
            both.append((answer["completed"][..., :3], python))
        rows.append((image, mask, both))
    return rows


def test_without_texture_the_levels_are_those_of_python(pairs):
    for image, mask, (both, _) in pairs:
        ours, python = (pixels.astype(int) for pixels in both)
        hole = (python != image).any(-1)
        assert hole.sum() >= np.count_nonzero(mask) * 0.9
        difference = np.abs(ours - python)
        assert difference[hole].mean() < 0.5
        assert difference.max() <= 4 * 1.26  # which is what sharpening makes of 4
        assert (difference[~hole] <= 1).all()


def test_with_texture_it_is_worth_as_much(pairs):
    scores = []
    for image, mask, (_, both) in pairs:
        hole = np.minimum(mask, 1)
        for score in (hole_psnr, gradient_energy_ratio):
            scores.append([score(image, completed, hole) for completed in both])
        kept = cv2.dilate(hole, np.ones((9, 9))) == 0
        assert (both[0][kept] == image[kept]).all()
    ours, python = np.array(scores).reshape(-1, 2, 2).mean(0).T
    assert abs(ours[0] - python[0]) <= 0.2
    assert abs(ours[1] - python[1]) <= python[1] / 8
