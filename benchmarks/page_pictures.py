"""The pictures of the page in README.md and docs/page.md.

    python -m benchmarks.page_pictures

Runs `python -m ce_tf.app`, and erases a tower on a computer's and on a phone's screen.
"""

import io
from pathlib import Path

import skimage.data
from PIL import Image
from playwright.sync_api import Page

from benchmarks.page import run_page
from tests.browser import launch_browser
from tests.ce_tf.page.hands import drag, open_photo, set_at_once, wait_steps

_DOCS = Path("docs")
_SIDE, _GAP = 844, 12  # pixels
_TOWER = [(201, 120), (190, 392)]
_SCREENS = {
    "page": {"viewport": {"width": 1280, "height": 800}},
    "page_phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
        "color_scheme": "dark",
    },
}


def take(page: Page, url: str, name: str) -> list[bytes]:
    """Takes a picture of a tower that is marked, and one of the photo without it."""
    page.goto(url)
    page.wait_for_selector("body[data-ready]")
    open_photo(page, Path(skimage.data.__file__).parent / "rocket.jpg")
    set_at_once(page, False)
    page.locator("#size").fill("78" if name == "page" else "26")
    drag(page, _TOWER)
    page.wait_for_timeout(6000)  # until the message is gone
    marked = page.screenshot()
    page.locator("#erase").click()
    wait_steps(page, 2)
    page.wait_for_timeout(6000)
    return [marked, page.screenshot()]


def write_pair(path: Path, screens: list[bytes]) -> None:
    """Writes two pictures side by side, as a small file."""
    pictures = [Image.open(io.BytesIO(data)).convert("RGB") for data in screens]
    for picture in pictures:
        picture.thumbnail((_SIDE, _SIDE))
    width, height = pictures[0].size
    pair = Image.new("RGB", (2 * width + _GAP, height), "white")
    for number, picture in enumerate(pictures):
        pair.paste(picture, (number * (width + _GAP), 0))
    pair.save(path, quality=82, optimize=True)


def main() -> None:
    """Takes all pictures."""
    with run_page(None) as (url, _), launch_browser() as browser:
        for name, screen in _SCREENS.items():
            screens = take(browser.new_page(**screen), url, name)
            write_pair(_DOCS / f"{name}.jpg", screens)


if __name__ == "__main__":
    main()
