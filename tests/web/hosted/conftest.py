"""`web/dist` as `make web` writes it, on a host that only gives files."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import PATIENCE
from tests.web.node import install_packages, run_node


class Host(http.server.ThreadingHTTPServer):
    """A static host, with the two headers that give threads where `isolated`."""

    def __init__(self, folder: Path, isolated: bool):
        handler = functools.partial(_Handler, directory=str(folder))
        super().__init__(("127.0.0.1", 0), handler)
        self.isolated, self.asked = isolated, []
        self.url = f"http://127.0.0.1:{self.server_port}/"
        self._thread = threading.Thread(target=self.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        """Is gone from the network."""
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(http.server.SimpleHTTPRequestHandler):
    server: Host

    def do_GET(self):
        self.server.asked.append(self.path.lstrip("/"))
        super().do_GET()

    def end_headers(self):
        if self.server.isolated:
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def dist(make_once) -> Path:
    def build(folder: Path) -> None:
        install_packages()
        run_node("build.js", str(folder / "dist"))

    return make_once("web-dist", build) / "dist"


@pytest.fixture
def host(dist, request) -> Iterator[Host]:
    host = Host(dist, isolated=getattr(request, "param", False))
    yield host
    host.stop()


@pytest.fixture
def page(browser, host):
    """The page, opened for the first time, once it is kept for later."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.requests = []
    page.on("request", lambda request: page.requests.append(request.url))
    page.goto(host.url)
    page.wait_for_selector("body[data-kept]")
    yield page
    context.close()
