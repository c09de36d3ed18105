"""The page on a phone, under real fingers; and what all screens must keep to."""

import numpy as np
import pytest
from PIL import Image

from tests.ce_tf.page.hands import (
    Fingers,
    choose_tool,
    drag,
    open_photo,
    pixels,
    place,
    read_steps,
    shown_pixels,
    wait_message,
    wait_steps,
    zoom,
)
from tests.fakes import real_photo
from tests.web.node import WEB, install_packages

TARGET = 44  # pixels, of what a finger is to hit
SCREENS = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "computer": {"viewport": {"width": 1280, "height": 800}},
}


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(real_photo(0, 400, 600)).save(path)
    return path


def test_one_finger_rubs(phone, photo):
    open_photo(phone, photo)
    before = shown_pixels(phone)
    Fingers(phone).rub([(300, 200), (340, 210)])
    wait_steps(phone, 1)
    changed = (shown_pixels(phone) != before).any(-1)
    assert changed[203:206, 315:325].all()
    assert not changed[:100].any()
    assert not changed[:, 450:].any()
    phone.locator("#undo").tap()
    assert (shown_pixels(phone) == before).all()
    assert phone.errors == []


def test_two_fingers_zoom_and_pan_and_draw_nothing(phone, photo):
    open_photo(phone, photo)
    before, scale = shown_pixels(phone), zoom(phone)
    fingers = Fingers(phone)
    held = place(phone, 300, 200)
    x, y = held
    # Twice as far apart, about the pixel between them.
    fingers.move([(x - 50, y), (x + 50, y)], [(x - 100, y), (x + 100, y)])
    assert zoom(phone) == pytest.approx(2 * scale, rel=0.01)
    assert place(phone, 300, 200) == pytest.approx(held, abs=2)
    # Both the same way.
    fingers.move([(x - 50, y), (x + 50, y)], [(x - 20, y + 40), (x + 80, y + 40)])
    assert zoom(phone) == pytest.approx(2 * scale, rel=0.02)
    assert place(phone, 300, 200) == pytest.approx((x + 30, y + 40), abs=2)
    # The first of two fingers has drawn a dot, which is gone.
    assert read_steps(phone) == (0, False)
    assert phone.locator("#pending").is_hidden()
    # A stroke goes where the photo now is.
    fingers.rub([(300, 200), (310, 200)])
    wait_steps(phone, 1)
    changed = (shown_pixels(phone) != before).any(-1)
    assert changed[200, 305]
    assert not changed[:, 400:].any()
    phone.locator("#fit").tap()
    assert zoom(phone) == pytest.approx(scale)


def test_the_wheel_zooms_about_its_place_and_keys_undo(page, photo):
    open_photo(page, photo)
    scale, held = zoom(page), place(page, 100, 100)
    page.mouse.move(*held)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(200)
    assert zoom(page) > 1.3 * scale
    assert place(page, 100, 100) == pytest.approx(held, abs=1)
    # With the middle button it pans.
    page.mouse.down(button="middle")
    page.mouse.move(held[0] + 60, held[1] + 30, steps=4)
    page.mouse.up(button="middle")
    moved = (held[0] + 60, held[1] + 30)
    assert place(page, 100, 100) == pytest.approx(moved, abs=1)
    assert read_steps(page) == (0, False)


def test_the_brush_has_a_size_that_is_shown_as_a_ring(page, photo):
    open_photo(page, photo)
    x, y = place(page, 300, 200)
    page.mouse.move(x, y)
    assert page.evaluate(RING)["radius"] == 18
    page.keyboard.press("]")
    assert page.evaluate(RING)["radius"] == 20
    for _ in range(3):
        page.keyboard.press("[")
    assert page.evaluate(RING)["radius"] == 14
    # Its rim is drawn, white within black, and nothing of it is in the photo.
    rim = np.s_[round(y), round(x + 14) - 4 : round(x + 14) + 5]
    ring = pixels(page.screenshot())[rim].astype(int)
    page.mouse.move(x, 20)
    bare = pixels(page.screenshot())[rim].astype(int)
    assert (ring - bare).min() < -60
    assert (ring.max(0) >= 200).all()
    page.locator("#size").fill("100")
    assert page.evaluate(RING)["radius"] == 50
    page.locator("#size").blur()
    choose_tool(page, "lasso")
    page.mouse.move(x + 5, y)
    assert page.evaluate(RING) is None


RING = "async () => (await import('/page/actions.js')).page.view.ring"


def look(page, x: float, y: float) -> np.ndarray:
    """The colour on the screen of a photo's pixel."""
    page.wait_for_timeout(300)
    left, top = place(page, x, y)
    return pixels(page.screenshot())[round(top), round(left), :3].astype(int)


def test_the_original_is_seen_while_held_and_beside(page, tmp_path):
    image = np.full((400, 600, 3), 60, np.uint8)
    image[180:220, 280:320] = 250, 240, 20
    Image.fromarray(image).save(tmp_path / "square.png")
    open_photo(page, tmp_path / "square.png")
    page.locator("#size").fill("120")
    drag(page, [(200, 200), (400, 200)])
    wait_steps(page, 1)
    page.mouse.move(5, 5)
    erased = look(page, 300, 200)
    assert abs(erased - (250, 240, 20)).max() > 100
    page.locator("#original").hover()
    page.mouse.down()
    assert abs(look(page, 300, 200) - (250, 240, 20)).max() < 10
    page.mouse.up()
    assert abs(look(page, 300, 200) - erased).max() < 10
    page.locator("#original").focus()
    page.keyboard.down("Space")
    assert abs(look(page, 300, 200) - (250, 240, 20)).max() < 10
    page.keyboard.up("Space")
    # Left of the divider it is the original.
    page.locator("#divide").click()
    box = page.locator("#divider").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    assert abs(look(page, 290, 200) - (250, 240, 20)).max() < 10
    assert abs(look(page, 310, 200) - erased).max() < 60
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 300, y, steps=5)
    page.mouse.up()
    assert abs(look(page, 290, 200) - (250, 240, 20)).max() > 100


def test_a_keyboard_alone_marks_and_erases(page, photo):
    open_photo(page, photo)
    before = shown_pixels(page)
    page.locator("#photo").focus()
    for key in ("ArrowRight", "ArrowRight", "Space", "Shift+ArrowRight", "Space"):
        page.keyboard.press(key)
    wait_steps(page, 1)
    changed = (shown_pixels(page) != before).any(-1)
    rows, columns = np.nonzero(changed)
    assert abs(rows.mean() - 200) < 5
    assert 300 < columns.mean() < 340
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    assert (shown_pixels(page) == before).all()


def test_work_can_be_cancelled(page, photo):
    open_photo(page, photo)
    before = shown_pixels(page)
    # The answer does not come until the page has asked for it no more.
    page.route("**/api/erase", lambda route: None)
    drag(page, [(300, 200), (340, 210)])
    page.locator("#working").wait_for()
    assert page.locator("#seconds").inner_text().endswith(" s")
    page.locator("#cancel").click()
    wait_message(page, "Cancelled")
    assert (shown_pixels(page) == before).all()
    assert page.locator("#erase").is_visible()  # what was marked still is
    page.unroute("**/api/erase")
    page.locator("#erase").click()
    wait_steps(page, 2)


def test_forty_eight_megapixels_are_kept_once(browser, server, tmp_path):
    """Shown at a scale; here with the server's limit lifted in what it tells."""
    image = np.zeros((6000, 8000, 3), np.uint8)
    image[::2] = 200
    image[2990:3010, 3990:4010] = 255, 0, 0
    Image.fromarray(image).save(tmp_path / "large.png", compress_level=1)
    page = browser.new_page(viewport={"width": 390, "height": 844})
    limits = '{"models": [], "limits": {"megabytes": 500, "megapixels": 64}}'
    page.route("**/api/models", lambda route: route.fulfill(body=limits))
    page.set_default_timeout(300_000)
    page.goto(server.url)
    open_photo(page, tmp_path / "large.png")
    held, scale, center = page.evaluate(
        """async () => {
            const { page } = await import('/page/actions.js');
            const { picture, shown } = page.session;
            const at = 4 * (3000 * 8000 + 4000);
            const center = [...picture.data.slice(at, at + 3)];
            return [picture.data.length, shown.scale, center];
        }"""
    )
    assert held == 4 * 48_000_000
    assert scale == 4
    assert center == [255, 0, 0]
    # From near its own pixels are seen: stripes, which are grey from afar.
    page.evaluate(
        """async () => {
            const { view } = (await import('/page/actions.js')).page;
            view.move({x: 195, y: 300}, 4 / view.zoom);
        }"""
    )
    page.wait_for_timeout(600)
    column = pixels(page.screenshot())[300:400, 20, 0].astype(int)
    assert column.min() < 20
    assert column.max() > 180
    page.context.close()


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_screen_is_whole_reachable_and_accessible(open_page, photo, screen, scheme):
    install_packages()
    axe = (WEB / "node_modules/axe-core/axe.min.js").read_text()
    page = open_page(color_scheme=scheme, **SCREENS[screen])
    width, height = SCREENS[screen]["viewport"].values()
    check_screen(page, axe, width, height)
    open_photo(page, photo)
    page.keyboard.press("u")
    check_screen(page, axe, width, height)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(11, 13, 18)") == (scheme == "dark")
    page.locator("#more").click()
    check_screen(page, axe, width, height, "dialog ")


def check_screen(page, axe: str, width: int, height: int, inside: str = "") -> None:
    page.wait_for_timeout(300)
    scrolled = page.evaluate(
        """() => [document.documentElement, document.querySelector('dialog[open]')]
            .filter(Boolean).map((part) => [part.scrollWidth - part.clientWidth,
                part.scrollHeight - part.clientHeight])"""
    )
    assert all(extra <= 0 for sides in scrolled for extra in sides)
    parts = page.locator(f"{inside}:is(button, select, input:not([type=file]), label)")
    seen = 0
    for part in parts.all():
        if not part.is_visible():
            continue
        seen += 1
        box, name = part.bounding_box(), part.evaluate("part => part.outerHTML")[:80]
        assert box["height"] >= TARGET, name
        assert box["width"] >= TARGET, name
        assert box["x"] + box["width"] <= width, name
        assert box["y"] + box["height"] <= height, name
    assert seen >= 2
    page.evaluate(axe)
    found = page.evaluate("async () => (await axe.run()).violations")
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert serious == [], [(one["id"], one["nodes"][0]["html"]) for one in serious]


def test_the_page_speaks_the_browsers_language(open_page, photo):
    page = open_page(locale="ko-KR", **SCREENS["phone"])
    assert page.locator("#choose").inner_text() == "사진 열기"
    assert page.evaluate("document.documentElement.lang") == "ko"
    open_photo(page, photo)
    Fingers(page).rub([(300, 200), (340, 210)])
    wait_message(page, "지웠습니다")
    left = page.evaluate(
        """() => [...document.querySelectorAll('[data-text], [data-label]')]
            .map((part) => part.getAttribute('aria-label') || part.textContent)
            .filter((words) => !/[가-힣]/.test(words) && !/\\.png$/.test(words))"""
    )
    assert left == []
