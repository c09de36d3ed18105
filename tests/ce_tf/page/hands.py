"""What a user does on the page, in a browser."""

import base64
import io
from pathlib import Path

import numpy as np
from PIL import Image


def wait_status(page, words: str) -> str:
    """Waits until the line below the photo has these words; returns it."""
    page.wait_for_function(
        "words => document.querySelector('#status').innerText.includes(words)",
        arg=words,
    )
    # The editor draws what came with the line.
    page.wait_for_timeout(400)
    return page.locator("#status").inner_text()


def open_sample(page) -> None:
    page.locator("#samples button").first.click()
    wait_status(page, "coffee.png: 600 x 400")


def send(page, button: str, path: Path) -> None:
    """Gives a file to "Open a photo" or "Open a mask"."""
    page.locator(f"input[data-testid^='{button}']").set_input_files(path)


def drop(page, path: Path, kind: str, event: str = "drop") -> None:
    """Drops or pastes a file over the editor."""
    page.evaluate(
        """([data, name, kind, event]) => {
            const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name, {type: kind}));
            const options = {bubbles: true, cancelable: true};
            const made = event === "drop"
                ? new DragEvent("drop", {...options, dataTransfer: transfer})
                : new ClipboardEvent("paste", {...options, clipboardData: transfer});
            document.querySelector("#editor canvas").dispatchEvent(made);
        }""",
        [base64.b64encode(path.read_bytes()).decode(), path.name, kind, event],
    )


def place(page, x: float, y: float, size: tuple[int, int]) -> tuple[float, float]:
    """Where on the screen a photo's pixel lies; `size` is the photo's width, height.

    The editor shows the whole photo in its middle, at the scale that it tells.
    """
    box = page.locator("#editor canvas").first.bounding_box()
    zoom = int(page.locator("#editor .zoom-number").inner_text().rstrip("%")) / 100
    zoom *= min(1, 1280 / max(size))
    return (
        box["x"] + box["width"] / 2 + (x - size[0] / 2) * zoom,
        box["y"] + box["height"] / 2 + (y - size[1] / 2) * zoom,
    )


def paint(page, points, size: tuple[int, int]) -> None:
    """Paints a line through a photo's pixels, with the mouse."""
    first, *others = (place(page, *point, size) for point in points)
    page.mouse.move(*first)
    page.mouse.down()
    for point in others:
        page.mouse.move(*point, steps=6)
    page.mouse.up()
    page.wait_for_timeout(150)


def press(page, button: str, words: str) -> str:
    """Presses a button and waits for what the page says then."""
    page.locator(f"#{button}").click()
    return wait_status(page, words)


def download(page, button: str) -> tuple[str, bytes]:
    """Name and bytes of what a button gives."""
    with page.expect_download() as event:
        page.locator(f"#{button}").click()
    return event.value.suggested_filename, Path(event.value.path()).read_bytes()


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def wait_message(page, words: str) -> None:
    """Waits for a message that has these words."""
    page.locator(".toast-body", has_text=words).first.wait_for()
