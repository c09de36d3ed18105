"""The page in a real browser: a person erases, and the pixels are looked at."""

import io

import numpy as np
import pytest
from PIL import Image

from ce_tf.erasing.eraser import Eraser
from tests.ce_tf.page.hands import (
    choose_tool,
    download,
    drag,
    drop,
    open_photo,
    pixels,
    read_steps,
    set_at_once,
    shown_pixels,
    wait_message,
    wait_steps,
)
from tests.fakes import make_photo, real_photo


@pytest.fixture
def photo(tmp_path):
    """A PNG of 600 x 400 pixels."""
    path = tmp_path / "photo.png"
    Image.fromarray(real_photo(0, 400, 600)).save(path)
    return path


@pytest.fixture
def thing(tmp_path):
    """A PNG with a red thing: 1000 x 700 pixels."""
    photo = np.full((700, 1000, 3), 90, np.uint8)
    photo += np.random.default_rng(0).integers(0, 2, photo.shape, dtype=np.uint8)
    photo[250:400, 450:600] = 240, 30, 20
    Image.fromarray(photo).save(tmp_path / "thing.png")
    return tmp_path / "thing.png"


def test_a_rub_is_erased_when_the_finger_lifts_and_the_rest_stays(page, photo):
    before = pixels(photo.read_bytes())
    open_photo(page, photo)
    assert (shown_pixels(page)[..., :3] == before).all()
    drag(page, [(330, 250), (360, 260), (390, 240)])
    wait_message(page, "Erased in")
    wait_steps(page, 1)
    name, data = download(page)
    first = pixels(data)
    assert name == "photo-erased.png"
    assert (shown_pixels(page)[..., :3] == first).all()
    changed = (first != before).any(-1)
    # Within brush and growth of the line, and much of it.
    assert changed[247:255, 340:350].mean() > 0.5
    rows, columns = np.nonzero(changed)
    assert rows.min() > 210
    assert rows.max() < 290
    assert columns.min() > 300
    assert columns.max() < 420

    drag(page, [(100, 60), (130, 80)])
    wait_steps(page, 2)
    second = shown_pixels(page)[..., :3]
    assert not (second != first).any(-1)[:, 300:].any()

    page.keyboard.press("Control+z")
    assert (shown_pixels(page)[..., :3] == first).all()
    page.locator("#undo").click()
    assert (shown_pixels(page)[..., :3] == before).all()
    assert page.locator("#undo").is_disabled()
    page.keyboard.press("Control+Shift+z")
    page.locator("#redo").click()
    assert (shown_pixels(page)[..., :3] == second).all()
    assert page.locator("#redo").is_disabled()

    page.reload()
    page.locator("#name", has_text="photo.png").wait_for()
    wait_steps(page, 2)
    assert (shown_pixels(page)[..., :3] == second).all()
    page.locator("#undo").click()
    assert (shown_pixels(page)[..., :3] == first).all()
    assert page.errors == []


def test_the_computer_fills_as_the_command_does(page, photo, tmp_path):
    """Though the page sends it no more of the photo than it needs."""
    mask = np.zeros((400, 600), np.uint8)
    mask[150:200, 40:80] = mask[340:360, 500:560] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    open_photo(page, photo)
    page.locator("#mask-file").set_input_files(tmp_path / "mask.png")
    page.locator("#erase").click()
    wait_steps(page, 2)
    expected = Eraser().erase(pixels(photo.read_bytes()), mask, grow=2, feather=2)
    assert (shown_pixels(page)[..., :3] == expected).all()


def test_options_are_taken_and_steps_wait_for_the_button(page, photo):
    open_photo(page, photo)
    before = shown_pixels(page)
    set_at_once(page, False)
    page.locator("#more").click()
    for slider in ("grow", "feather", "detail"):
        page.locator(f"#{slider}").fill("0")
    assert page.locator("output[for=detail]").inner_text() == "0 %"
    page.keyboard.press("Escape")
    drag(page, [(200, 200), (230, 200)])
    drag(page, [(400, 300), (430, 300)])
    assert read_steps(page) == (2, False)
    assert (shown_pixels(page) == before).all()
    page.locator("#undo").click()
    mask = pixels(download_mask(page))
    assert mask[200, 215] == 255
    assert not mask[:, 300:].any()
    page.locator("#erase").click()
    wait_steps(page, 2)
    expected = Eraser().erase(before[..., :3], mask, detail=0)
    assert (shown_pixels(page)[..., :3] == expected).all()
    # Back to what was marked, and to nothing.
    page.locator("#undo").click()
    assert (shown_pixels(page) == before).all()
    assert (pixels(download_mask(page)) == mask).all()
    page.locator("#undo").click()
    assert page.locator("#pending").is_hidden()


def download_mask(page) -> bytes:
    page.locator("#more").click()
    name, data = download(page, "#mask-out")
    assert name.endswith("-mask.png")
    return data


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_a_photo_comes_back_in_its_format_with_its_metadata(page, tmp_path, event):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Maker", 6  # stored lying
    path = tmp_path / "on the beach.jpg"
    photo = Image.fromarray(make_photo(3, 300, 400))
    photo.save(path, quality=83, exif=exif, dpi=(300, 300))
    drop(page, path, "image/jpeg", event)
    drag(page, [(150, 200), (170, 210)])
    wait_steps(page, 1)
    name, data = download(page)
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


def test_a_box_selects_and_brushes_correct(page, thing, tmp_path):
    open_photo(page, thing)
    choose_tool(page, "box")
    drag(page, [(410, 210), (640, 440)])
    wait_message(page, "Found")
    wait_steps(page, 1)
    found = pixels(download_mask(page)) > 0
    # GrabCut works at a fraction of this size: a rim of some pixels is its own.
    assert found[260:390, 460:590].all()
    assert found.sum() < 170 * 170

    choose_tool(page, "brush")
    drag(page, [(200, 500), (220, 500)])
    choose_tool(page, "unmark")
    drag(page, [(520, 300), (530, 300)])
    corrected = pixels(download_mask(page)) > 0
    assert corrected[500, 210]
    assert not corrected[300, 525]
    assert read_steps(page) == (3, False)  # a correction erases nothing

    # The mask goes and comes back to the bit.
    (tmp_path / "mask.png").write_bytes(download_mask(page))
    page.locator("#clear").click()
    assert page.locator("#pending").is_hidden()
    page.locator("#mask-file").set_input_files(tmp_path / "mask.png")
    page.locator("#pending").wait_for()
    assert ((pixels(download_mask(page)) > 0) == corrected).all()


def test_a_lasso_marks_its_inside(page, thing):
    open_photo(page, thing)
    set_at_once(page, False)
    choose_tool(page, "lasso")
    drag(page, [(400, 200), (650, 200), (650, 450), (400, 450), (400, 205)])
    mask = pixels(download_mask(page)) > 0
    assert mask[205:445, 405:645].all()
    assert mask.sum() < 256 * 256


def test_what_cannot_be_done_is_said(page, photo, tmp_path):
    (tmp_path / "broken.jpg").write_text("no picture")
    (tmp_path / "large.bmp").write_bytes(b"BM" + bytes(4_000_000))
    Image.new("L", (3000, 2000)).save(tmp_path / "wide.png")
    Image.new("L", (30, 20), 255).save(tmp_path / "small.png")
    Image.new("L", (600, 400)).save(tmp_path / "black.png")
    for name, words in (
        ("broken.jpg", "Broken.jpg is no picture"),
        ("large.bmp", "large.bmp has more than 3 MB"),
        ("wide.png", "6 megapixels; 5 at most"),
    ):
        page.locator("#photo-file").set_input_files(tmp_path / name)
        wait_message(page, words)
    open_photo(page, photo)
    page.locator("#photo").focus()
    page.keyboard.press("Enter")
    wait_message(page, "Nothing is marked")
    for name, words in (
        ("small.png", "The mask is 30"),
        ("broken.jpg", "broken.jpg cannot be opened"),
        ("black.png", "all black"),
    ):
        page.locator("#mask-file").set_input_files(tmp_path / name)
        wait_message(page, words)
    drag(page, [(200, 200), (230, 200)])
    wait_steps(page, 1)


def test_a_photo_that_no_browser_reads_keeps_its_16_bits(page, tmp_path):
    deep = real_photo(1, 300, 400)[..., 0].astype(np.uint16) * 257 + 3
    Image.fromarray(deep).save(tmp_path / "scan.tif")
    open_photo(page, tmp_path / "scan.tif")
    drag(page, [(200, 150), (220, 150)])
    wait_steps(page, 1)
    name, data = download(page)
    assert name == "scan-erased.tif"
    result = pixels(data)
    assert result.dtype == np.uint16
    changed = result != deep
    assert changed[150, 205:215].any()
    assert not changed[:100].any()


def test_a_webp_that_lies_is_shown_and_saved_upright(page, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "lying.webp"
    image = real_photo(1, 300, 400)
    Image.fromarray(image).save(path, exif=exif, lossless=True)
    open_photo(page, path)
    before = np.rot90(image, -1)
    assert (shown_pixels(page)[..., :3] == before).all()
    drag(page, [(150, 200), (170, 210)])
    wait_steps(page, 1)
    result = pixels(download(page)[1])
    changed = (result != before).any(-1)
    assert changed[202:208, 155:165].any()
    assert not changed[:100].any()


def test_nothing_leaves_the_machine(page, photo, server, requests):
    open_photo(page, photo)
    drag(page, [(200, 200), (230, 200)])
    wait_steps(page, 1)
    assert len(requests) > 10
    local = (server.url, "data:", f"blob:{server.url}")
    assert [url for url in requests if not url.startswith(local)] == []
    # The guard's own attempt, and no other.
    assert server.outside.read_text() == "192.0.2.1\n"
