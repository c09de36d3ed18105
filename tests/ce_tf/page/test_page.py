"""The page in a real browser."""

import io
import time

import cv2
import numpy as np
import pytest
from PIL import Image

from ce_tf.page.samples import find_samples
from tests.ce_tf.page.hands import (
    download,
    drop,
    open_sample,
    paint,
    pixels,
    place,
    press,
    send,
    wait_message,
    wait_status,
)
from tests.fakes import make_photo

COFFEE = (600, 400)


@pytest.fixture
def object_photo(tmp_path):
    """A PNG larger than the editor shows, with a red thing: 2000 x 1400 pixels."""
    photo = np.full((1400, 2000, 3), 90, np.uint8)
    photo += np.random.default_rng(0).integers(0, 2, photo.shape, dtype=np.uint8)
    photo[500:800, 900:1200] = 240, 30, 20
    Image.fromarray(photo).save(tmp_path / "thing.png")
    return tmp_path / "thing.png"


def test_a_stroke_is_erased_and_the_rest_stays_to_the_bit(page):
    before = np.asarray(Image.open(find_samples()[0].path))
    open_sample(page)
    paint(page, [(330, 250), (360, 260), (390, 240)], COFFEE)
    text = press(page, "erase", "Erased")
    assert " s (model.tflite)" in text
    name, data = download(page, "save")
    assert name == "coffee-erased.png"
    first = pixels(data)
    changed = (first != before).any(-1)
    # Within brush and growth of the line, and much of it.
    assert changed[245:255, 340:350].mean() > 0.5
    rows, columns = np.nonzero(changed)
    assert rows.min() > 200
    assert rows.max() < 300
    assert columns.min() > 290
    assert columns.max() < 430
    assert page.locator("#pair img").count() == 2

    # Again, on the result, with another model and other options.
    page.locator("#model input").click()
    page.get_by_role("option", name="second.tflite").click()
    page.locator("#grow input[type=number]").fill("0")
    page.locator("#feather input[type=number]").fill("0")
    page.locator("#detail input[type=number]").fill("0")
    page.locator("#detail input[type=number]").blur()
    paint(page, [(100, 60), (130, 80)], COFFEE)
    assert "(second.tflite)" in press(page, "erase", "second")
    second = pixels(download(page, "save")[1])
    again = (second != first).any(-1)
    assert again[60:80, 100:130].any()
    assert not again[:, 300:].any()

    assert page.locator("#back").inner_text() == "Back (2)"
    press(page, "back", "One step back")
    assert (pixels(download(page, "save")[1]) == first).all()
    press(page, "back", "One step back")
    page.wait_for_function("document.querySelector('#back').disabled")
    assert (pixels(download(page, "save")[1]) == before).all()


def test_undo_redo_and_clear_go_no_further_than_the_paint(page):
    open_sample(page)
    undo = page.locator("#editor button[title=Undo]")
    assert undo.is_disabled()
    paint(page, [(200, 200), (230, 200)], COFFEE)
    paint(page, [(400, 300), (430, 300)], COFFEE)
    undo.click()
    one = pixels(download(page, "save-mask")[1]) > 0
    assert one[200, 215]
    assert not one[300, 415]
    page.locator("#editor button[title=Redo]").click()
    assert pixels(download(page, "save-mask")[1])[300, 415]
    page.locator("#editor button[title='Clear canvas']").click()
    wait_status(page, "Nothing is painted")
    page.locator("#erase").click()
    wait_message(page, "Nothing is painted")
    paint(page, [(200, 200), (230, 200)], COFFEE)
    press(page, "erase", "Erased")
    assert undo.is_disabled()


def test_a_dropped_photo_comes_back_in_its_format_with_its_metadata(page, tmp_path):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Maker", 6  # stored lying
    path = tmp_path / "on the beach.jpg"
    photo = Image.fromarray(make_photo(3, 300, 400))
    photo.save(path, quality=83, exif=exif, dpi=(300, 300))
    drop(page, path, "image/jpeg")
    wait_status(page, "on the beach.jpg: 300 x 400")
    paint(page, [(150, 200), (170, 210)], (300, 400))
    press(page, "erase", "Erased")
    name, data = download(page, "save")
    result, source = Image.open(io.BytesIO(data)), Image.open(path)
    assert name == "on the beach-erased.jpg"
    assert result.format == "JPEG"
    assert result.size == (300, 400)
    assert result.getexif()[0x010F] == "Maker"
    assert result.info["dpi"] == (300, 300)
    assert result.quantization == source.quantization
    upright = np.asarray(source.transpose(Image.Transpose.ROTATE_270))
    difference = np.abs(np.asarray(result).astype(int) - upright)
    assert difference[:100].mean() < 2  # the JPEG's second coding alone
    drop(page, path, "image/jpeg", "paste")
    wait_status(page, "opened")


def test_a_box_selects_and_the_brush_corrects(page, object_photo, tmp_path):
    size = (2000, 1400)
    before = np.asarray(Image.open(object_photo))
    send(page, "Open a photo", object_photo)
    wait_status(page, "thing.png: 2000 x 1400")
    corners = [(820, 420), (1280, 420), (1280, 880), (820, 880), (820, 420)]
    paint(page, corners, size)
    press(page, "select", "Found")
    name, found = download(page, "save-mask")
    assert name == "thing-mask.png"
    found = pixels(found) > 0
    assert found.shape == (1400, 2000)
    # GrabCut works at a fifth of this size: a rim of some pixels is its own.
    assert found[520:780, 920:1180].all()
    assert found.sum() < 340 * 340

    paint(page, [(400, 1000), (420, 1000)], size)
    kept, data = download(page, "save-mask")
    corrected = pixels(data) > 0
    assert corrected[1000, 410]
    far = np.ones_like(found)
    far[900:1100, 300:520] = False
    assert (corrected == found)[far].all()

    # The mask goes and comes back to the bit.
    (tmp_path / kept).write_bytes(data)
    page.locator("#editor button[title='Clear canvas']").click()
    wait_status(page, "Nothing is painted")
    send(page, "Open a mask", tmp_path / kept)
    wait_status(page, "Mask thing-mask.png")
    assert ((pixels(download(page, "save-mask")[1]) > 0) == corrected).all()
    press(page, "erase", "Erased")
    result = pixels(download(page, "save")[1])
    # The default growth at this size is 8 pixels.
    reach = cv2.dilate(corrected.astype(np.uint8), np.ones((17, 17), np.uint8)) > 0
    assert (result == before)[~reach].all()
    assert (result != before).any(-1)[600:700, 1000:1100].mean() > 0.9


def test_a_narrow_screen_and_a_finger(open_page):
    page = open_page(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page.locator("#samples button").first.tap()
    wait_status(page, "coffee.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in ("open-photo", "samples", "editor", "select", "erase", "back", "save"):
        box = page.locator(f"#{part}").bounding_box()
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= 390, part
        assert box["height"] >= 24, part
    for part in ("select", "erase", "back", "save"):
        spilled = f"#{part}", "button => button.scrollWidth - button.clientWidth"
        assert page.eval_on_selector(*spilled) <= 0, part
    finger = page.context.new_cdp_session(page)
    x, y = place(page, 330, 250, COFFEE)
    for kind, step in [("touchStart", 0), *[("touchMove", k) for k in range(1, 9)]]:
        points = [{"x": x + 3 * step, "y": y + 2 * step}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(200)
    page.locator("#erase").tap()
    wait_status(page, "Erased")
    before = np.asarray(Image.open(find_samples()[0].path))
    changed = (pixels(download(page, "save")[1]) != before).any(-1)
    assert changed[250:260, 335:350].any()
    assert not changed[:150].any()
    assert not changed[350:].any()


def test_what_cannot_be_done_is_said_and_the_server_lives_on(
    open_page, server, tmp_path
):
    page = open_page(viewport={"width": 800, "height": 600})
    page.locator("#erase").click()
    wait_message(page, "There is no photo")
    (tmp_path / "broken.jpg").write_text("no picture")
    (tmp_path / "torn.png").write_text("no picture")
    (tmp_path / "large.bmp").write_bytes(b"BM" + bytes(4_000_000))
    Image.new("L", (3000, 2000)).save(tmp_path / "wide.png")
    Image.new("L", (30, 20), 255).save(tmp_path / "small.png")
    for name, words in (
        ("broken.jpg", "Broken.jpg is no picture"),
        ("large.bmp", "exceed"),
        ("wide.png", "6 megapixels; 5 at most"),
    ):
        send(page, "Open a photo", tmp_path / name)
        wait_message(page, words)
    held = set(server.temporary.glob("ce_tf-page-*/tmp*/original.jpg"))
    open_sample(page)
    (own,) = set(server.temporary.glob("ce_tf-page-*/tmp*/original.jpg")) - held
    page.locator("#erase").click()
    wait_message(page, "Nothing is painted")
    send(page, "Open a mask", tmp_path / "small.png")
    wait_message(page, "The mask is 30x20, the photo 600x400")
    send(page, "Open a mask", tmp_path / "torn.png")
    wait_message(page, "Torn.png is no picture")
    paint(page, [(200, 200), (230, 200)], COFFEE)
    press(page, "erase", "Erased")

    # The photo is forgotten when its page is closed.
    page.close()
    deadline = time.monotonic() + 300
    while own.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not own.exists()


def test_nothing_leaves_the_machine(page, server, requests):
    open_sample(page)
    assert len(requests) > 10
    local = (server.url, "data:", f"blob:{server.url}")
    assert [url for url in requests if not url.startswith(local)] == []
    # The guard's own attempt, and no other.
    assert server.outside.read_text() == "192.0.2.1\n"
