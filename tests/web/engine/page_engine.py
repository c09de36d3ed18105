"""The engine in a browser, as Python can call it."""

import base64
import contextlib
import functools
import http.server
import itertools
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page

from ce_tf.completion.runtimes import load_runtime
from ce_tf.erasing.eraser import Eraser
from ce_tf.exporting.tflite import convert
from ce_tf.pretrained.files import find_weights
from ce_tf.training.weights import load_generator
from tests.browser import PATIENCE
from tests.web.node import WEB, install_packages, run_node

FLOAT16 = "float16"  # a model's name
HARNESS = Path(__file__).parent / "harness.js"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of several folders; the headers that give threads, where they are asked."""

    def __init__(self, *args, folders: dict[str, Path], isolated: bool):
        self._folders, self._isolated = folders, isolated
        super().__init__(*args)

    def translate_path(self, path: str) -> str:
        top, _, rest = path.split("?")[0].strip("/").partition("/")
        return str(self._folders.get(top, self._folders[""]) / rest)

    def end_headers(self) -> None:
        if self._isolated:
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *args) -> None:
        pass


class PageEngine:
    """The engine of one open page."""

    def __init__(self, page: Page, folder: Path):
        self.page, self._folder = page, folder
        self._numbers = itertools.count()

    def erase(
        self, image: np.ndarray, mask: np.ndarray, alpha: int = 255, **request: Any
    ) -> dict[str, Any]:
        """Erases; `image` [H, W, 3], `mask` [H, W], not 0 in the hole.

        Returns:
            What the harness says; with `completed`, the photo with the changed part
            pasted into it, [H, W, 4], where it was not refused.
        """
        number = next(self._numbers)
        height, width = image.shape[:2]
        photo = np.dstack([image, np.full((height, width), alpha, np.uint8)])
        photo.tofile(self._folder / f"photo-{number}")
        mask.astype(np.uint8).tofile(self._folder / f"mask-{number}")
        places = {"photo": f"/files/photo-{number}", "mask": f"/files/mask-{number}"}
        request |= places | {"width": width, "height": height}
        answer = self.page.evaluate("request => window.erase(request)", request)
        if "data" in answer:
            names = ("x", "y", "width", "height")
            left, top, wide, high = (answer[name] for name in names)
            pixels = np.frombuffer(base64.b64decode(answer.pop("data")), np.uint8)
            part = np.s_[top : top + high, left : left + wide]
            photo[part] = pixels.reshape(high, wide, 4)
            answer["completed"] = photo
        return answer


def gather_assets(folder: Path) -> None:
    """What `npm run assets` gathers, LiteRT and what ships; and that with 16 bits.

    Weights of 8 bits make a network round what goes through it, here and there
    otherwise: with 16 what differs is the engine's.
    """
    install_packages()
    run_node("assets.js", str(folder))
    trained = load_generator(find_weights())
    network, models = (trained.generator, trained.fill_color), folder / "models"
    files = {size: f"{FLOAT16}_{size}.tflite" for size in (256, 512)}
    for size, name in files.items():
        (models / name).write_bytes(convert(*network, size, "float16", None))
    listed = json.loads((models / "models.json").read_text())
    listed.append({"name": FLOAT16, "title": FLOAT16, "files": files})
    (models / "models.json").write_text(json.dumps(listed))


def float16_eraser(assets: Path) -> Eraser:
    """Python's, of the same files."""
    models = sorted((assets / "models").glob(f"{FLOAT16}_*.tflite"))
    return Eraser([load_runtime(path) for path in models])


@contextlib.contextmanager
def serve_files(assets: Path, folder: Path, isolated: bool = False) -> Iterator[str]:
    """Serves a page that has the harness, and the folder's files; gives its address."""
    (folder / "index.html").write_text(
        f'<script type="module">{HARNESS.read_text()}</script>'
    )
    folders = {"": folder, "files": folder, "engine": WEB / "engine"}
    folders |= {name: assets / name for name in ("litert", "models")}
    handler = functools.partial(Handler, folders=folders, isolated=isolated)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def open_engine(browser: Browser, url: str, folder: Path) -> PageEngine:
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.wait_for_function("() => window.erase !== undefined")
    return PageEngine(page, folder)
