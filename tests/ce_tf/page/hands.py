"""What a user does on the page, in a browser."""

import base64
import io
import time
from pathlib import Path

import numpy as np
from PIL import Image

from tests.browser import PATIENCE


def open_photo(page, path: Path) -> None:
    """Opens a file with the button, and waits until it is shown."""
    page.locator("#photo-file").set_input_files(path)
    page.locator("#name", has_text=path.name).wait_for()
    page.wait_for_timeout(100)


def drop(page, path: Path, kind: str, event: str = "drop") -> None:
    """Drops or pastes a file over the page."""
    page.evaluate(
        """([data, name, kind, event]) => {
            const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name, {type: kind}));
            const options = {bubbles: true, cancelable: true};
            const made = event === "drop"
                ? new DragEvent("drop", {...options, dataTransfer: transfer})
                : new ClipboardEvent("paste", {...options, clipboardData: transfer});
            document.body.dispatchEvent(made);
        }""",
        [base64.b64encode(path.read_bytes()).decode(), path.name, kind, event],
    )
    page.locator("#name", has_text=path.name).wait_for()


def place(page, x: float, y: float) -> tuple[float, float]:
    """Where on the screen a photo's pixel lies."""
    left, top = page.evaluate(
        """async ([x, y]) => {
            const { page } = await import('/page/actions.js');
            const { left, top } = page.view.canvas.getBoundingClientRect();
            const { view } = page;
            return [left + view.left + x * view.zoom, top + view.top + y * view.zoom];
        }""",
        [x, y],
    )
    return left, top


def zoom(page) -> float:
    """Pixels of the screen for one of the photo."""
    return page.evaluate(
        "async () => (await import('/page/actions.js')).page.view.zoom"
    )


def drag(page, points) -> None:
    """Moves the mouse through a photo's pixels with its button held."""
    first, *others = (place(page, *point) for point in points)
    page.mouse.move(*first)
    page.mouse.down()
    for point in others:
        page.mouse.move(*point, steps=6)
    page.mouse.up()


class Fingers:
    """Real touches, as Chromium gets them from a screen."""

    def __init__(self, page):
        self._page = page
        self._session = page.context.new_cdp_session(page)

    def send(self, kind: str, points) -> None:
        """`points`: where fingers are on the screen."""
        touches = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(points)]
        self._session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches}
        )

    def rub(self, points) -> None:
        """One finger through a photo's pixels."""
        first, *others = (place(self._page, *point) for point in points)
        self.send("touchStart", [first])
        before = first
        for point in others:
            for step in range(1, 6):
                share = step / 5
                between = [
                    a + (b - a) * share for a, b in zip(before, point, strict=True)
                ]
                self.send("touchMove", [between])
            before = point
        self.send("touchEnd", [])

    def move(self, starts, ends) -> None:
        """Two fingers from some places of the screen to others, one after the other."""
        self.send("touchStart", starts[:1])
        self.send("touchStart", starts)
        for step in range(1, 11):
            share = step / 10
            points = [
                (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
                for (x0, y0), (x1, y1) in zip(starts, ends, strict=True)
            ]
            self.send("touchMove", points)
        self.send("touchEnd", [])


def wait_steps(page, steps: int) -> None:
    """Waits until so many steps are taken, and no work is done."""
    deadline = time.monotonic() + PATIENCE / 1000
    while read_steps(page) != (steps, False):
        assert time.monotonic() < deadline, read_steps(page)
        page.wait_for_timeout(20)


def read_steps(page) -> tuple[int, bool]:
    """How many steps are taken, and whether work is done."""
    steps, busy = page.evaluate(
        """async () => {
            const { page } = await import('/page/actions.js');
            return [page.session.history.position, page.busy];
        }"""
    )
    return steps, busy


def wait_message(page, words: str) -> None:
    page.locator("#message", has_text=words).wait_for()


def download(page, button: str = "#download") -> tuple[str, bytes]:
    """Name and bytes of what a button gives."""
    with page.expect_download() as event:
        page.locator(button).click()
    return event.value.suggested_filename, Path(event.value.path()).read_bytes()


def shown_pixels(page) -> np.ndarray:
    """The photo as the page holds it: uint8 [H, W, 4]."""
    data, width, height = page.evaluate(
        """async () => {
            const { page } = await import('/page/actions.js');
            const { data, width, height } = page.session.picture;
            let text = '';
            for (let at = 0; at < data.length; at += 32768) {
                text += String.fromCharCode(...data.subarray(at, at + 32768));
            }
            return [btoa(text), width, height];
        }"""
    )
    flat = np.frombuffer(base64.b64decode(data), np.uint8)
    return flat.reshape(height, width, 4)


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def choose_tool(page, tool: str) -> None:
    page.locator(f"#tools input[value={tool}]").check()


def set_at_once(page, on: bool) -> None:
    page.locator("#more").click()
    page.locator("#at-once").set_checked(on)
    page.locator("#options .title button").click()
