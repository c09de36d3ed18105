"""The whole engine in a browser beside the eraser in Python."""

import cv2
import numpy as np
import pytest

from ce_tf.erasing.blending import grow_hole
from ce_tf.erasing.eraser import Eraser
from tests.web.engine.cases import box, make_cases, read
from tests.web.engine.page_engine import FLOAT16, float16_eraser, open_engine

CASES = {case.name: case for case in make_cases()}
# Of 255. Both scale in floats, which round half of a level to either side; the network
# and the cubic that enlarges its picture carry one on, to 2, and sharpening that on to
# 1 + 33 / 128 times as much, 2.5, rounded once more.
LEVELS = 3


@pytest.fixture(scope="module")
def eraser(assets) -> Eraser:
    """With weights of 16 bits."""
    return float16_eraser(assets)


def test_there_are_twenty_cases():
    assert len(CASES) == 20


@pytest.mark.parametrize("name", CASES)
def test_the_same_bytes_as_python(engine, eraser, name):
    case = CASES[name]
    options = {"detail": 0, "model": FLOAT16} | case.options
    answer = engine.erase(case.image, case.mask, options=options)
    wanted = eraser.erase(case.image, case.mask, **{"detail": 0} | case.options)
    completed = answer["completed"][..., :3]
    hole = grow_hole((case.mask > 0).astype(np.uint8), case.options.get("grow", 0)) > 0
    assert (completed[~hole] == case.image[~hole]).all()
    assert (completed[hole] != case.image[hole]).any()
    difference = np.abs(completed.astype(int) - wanted)
    assert difference.max() <= LEVELS
    names = ("x", "y", "width", "height")
    assert tuple(answer[name] for name in names) == cv2.boundingRect(np.uint8(hole))
    assert answer["untouched"]


@pytest.mark.parametrize("name", ["camera", "coffee", "gravel"])
def test_what_ships_fills_alike(engine, eraser, name):
    """Its 8-bit weights move grain about: no more in a page than in Python.

    Beside weights of 16 bits, Python's own 8 move it by 1 to 6 levels, in gravel most;
    other weights would differ by the 32 to 40 by which a fill differs from what it
    replaces.
    """
    case = CASES[name]
    hole = case.mask > 0
    answer = engine.erase(case.image, case.mask, options={"detail": 0, "grow": 0})
    wanted, finer = (
        one.erase(case.image, case.mask, detail=0).astype(int)
        for one in (Eraser(), eraser)
    )
    page, by_bits, untouched = (
        np.abs(pixels[..., :3] - wanted)[hole].mean()
        for pixels in (answer["completed"], finer, case.image)
    )
    assert untouched > max(5, 4 * by_bits)
    assert page <= by_bits


@pytest.fixture
def photo() -> np.ndarray:
    return read("coffee.png", 200, 300)


def test_models_are_listed(engine):
    models = engine.page.evaluate("window.engine.models()")
    assert models == [
        {"name": "pretrained", "title": "Pretrained"},
        {"name": FLOAT16, "title": FLOAT16},
    ]


@pytest.mark.parametrize(
    ("code", "request_"),
    [
        ("nothing_marked", {"mask": 0}),
        ("everything_marked", {"mask": 255}),
        ("everything_marked", {"hole": (1, 1, 298, 198), "options": {"grow": 3}}),
        ("wrong_option", {"options": {"grow": 2.5}}),
        ("wrong_option", {"options": {"grow": -1}}),
        ("wrong_option", {"options": {"feather": -1}}),
        ("wrong_option", {"options": {"detail": 1.1}}),
        ("no_model", {"options": {"model": "oak"}}),
        ("cancelled", {"cancelAt": 0}),
        ("cancelled", {"cancelAt": 0.01}),
    ],
)
def test_what_cannot_be_done_has_a_name(engine, photo, code, request_):
    request_ = dict(request_)
    mask = box(photo, *request_.pop("hole", (20, 30, 40, 50)))
    mask[150:190, 200:290] = mask[60, 60]
    mask[:] = request_.pop("mask", mask)
    answer = engine.erase(photo, mask, **request_)
    assert answer["code"] == code
    # And the engine goes on.
    mask = box(photo, 20, 30, 40, 50)
    answer = engine.erase(photo, mask, options={"detail": 0})
    assert (answer["completed"][mask == 0][:, :3] == photo[mask == 0]).all()


def test_a_mask_of_another_size_is_refused(engine, photo):
    assert engine.erase(photo, np.ones((3, 4)))["code"] == "wrong_size"


def test_too_little_memory_has_a_name(engine):
    """What browsers throw where an array, or WebAssembly's heap, does not fit."""
    script = """async () => {
        const { toEraseError } = await import('/engine/errors.js');
        const codes = [];
        try { new Uint8Array(2 ** 53 - 1); }
        catch (error) { codes.push(toEraseError(error)); }
        codes.push(toEraseError(new Error('Aborted(OOM)')), toEraseError('else'));
        return codes.map(({ code }) => code);
    }"""
    assert engine.page.evaluate(script) == ["no_memory", "no_memory", "failed"]


def test_progress_rises_to_one(engine, photo):
    mask = box(photo, 5, 5, 20, 20) | box(photo, 250, 150, 40, 40)
    progress = engine.erase(photo, mask, options={"detail": 0})["progress"]
    assert progress == sorted(progress)
    assert progress[0] == 0
    assert progress[-1] == 1
    assert len(set(progress)) > 2


def test_transparency_stays(engine, photo):
    mask = box(photo, 20, 30, 40, 50)
    answer = engine.erase(photo, mask, alpha=77, options={"detail": 0})
    assert (answer["completed"][..., 3] == 77).all()


def test_two_at_once_follow_each_other(engine, photo):
    """Each gets its own answer."""
    script = """async () => {
        const data = new Uint8ClampedArray(14400).fill(9);
        const photo = { width: 60, height: 60, data };
        const marks = [10, 40].map((first) => {
            const mask = new Uint8Array(3600);
            mask.fill(1, 60 * first, 60 * first + 10);
            return mask;
        });
        const options = { detail: 0 };
        const erase = (mask) => window.engine.erase({ photo, mask, options });
        return (await Promise.all(marks.map(erase))).map(({ y }) => y);
    }"""
    assert engine.page.evaluate(script) == [10, 40]


def test_threads_where_the_page_is_isolated(browser, serve, photo, eraser):
    engine = open_engine(browser, *serve(isolated=True))
    loaded = []
    engine.page.on("request", lambda request: loaded.append(request.url))
    engine.page.context.on("request", lambda request: loaded.append(request.url))
    mask = box(photo, 20, 30, 40, 50)
    answer = engine.erase(photo, mask, options={"detail": 0, "model": FLOAT16})
    assert any("threaded" in url for url in loaded)
    wanted = eraser.erase(photo, mask, detail=0)
    difference = np.abs(answer["completed"][..., :3].astype(int) - wanted)
    assert difference.max() <= LEVELS
    engine.page.close()


def test_a_gpu_gives_the_same_picture(browser, serve, photo, eraser):
    engine = open_engine(browser, *serve())
    mask = box(photo, 20, 30, 40, 50)
    answer = engine.erase(
        photo, mask, options={"detail": 0, "model": FLOAT16}, accelerator="webgpu"
    )
    wanted = eraser.erase(photo, mask, detail=0)
    difference = np.abs(answer["completed"][..., :3].astype(int) - wanted)
    assert difference.max() <= LEVELS
    engine.page.close()


def test_files_that_are_missing_have_a_name(browser, serve, photo):
    engine = open_engine(browser, *serve())
    mask = box(photo, 20, 30, 40, 50)
    engine.page.route("**/litert/index.js", lambda route: route.abort())
    assert engine.erase(photo, mask, options={"detail": 0})["code"] == "no_runtime"
    engine.page.unroute("**/litert/index.js")
    engine.page.context.route("**/*.tflite", lambda route: route.fulfill(status=404))
    assert engine.erase(photo, mask, options={"detail": 0})["code"] == "no_model"
    engine.page.context.unroute("**/*.tflite")
    assert "completed" in engine.erase(photo, mask, options={"detail": 0})
    engine.page.close()


def test_of_a_large_photo_the_worker_gets_the_window_alone(engine):
    """It is sent a square of twice the hole's longer side."""
    image = np.zeros((2000, 3000, 3), np.uint8)
    image[:] = np.arange(3000)[:, np.newaxis] % 251
    mask = box(image, 1500, 1000, 150, 100)
    engine.page.evaluate("""() => {
        window.sent = 0;
        const post = MessagePort.prototype.postMessage;
        window.restore = () => { MessagePort.prototype.postMessage = post; };
        MessagePort.prototype.postMessage = function (message, transfer = []) {
            for (const buffer of transfer) window.sent += buffer.byteLength;
            post.call(this, message, transfer);
        };
    }""")
    answer = engine.erase(image, mask, options={"detail": 0})
    engine.page.evaluate("window.restore()")
    assert engine.page.evaluate("window.sent") == 4 * 300 * 300
    assert (answer["completed"][mask == 0][:, :3] == image[mask == 0]).all()
