"""One server and one browser for all tests of the page."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import PATIENCE

ROOT = Path(__file__).parents[3]


@dataclasses.dataclass(frozen=True)
class Server:
    """A running page.

    Attributes:
        url: where it is.
        pid: its process.
        temporary: where it keeps files.
        outside: file that names each other host it tried to reach.
    """

    url: str
    pid: int
    temporary: Path
    outside: Path


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The page with what ships; takes 3 MB and 5 megapixels at most."""
    folder = tmp_path_factory.mktemp("page")
    outside = folder / "outside.txt"
    command = [
        *(sys.executable, str(Path(__file__).parent / "guarded.py"), str(outside)),
        *("--port=0", "--max_megabytes=3", "--max_megapixels=5"),
    ]
    environment = os.environ | {"TMPDIR": str(folder), "PYTHONPATH": str(ROOT)}
    with (folder / "errors.txt").open("w") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        )
    line = process.stdout.readline()
    assert "The page is at http://127.0.0.1:" in line, (
        line + (folder / "errors.txt").read_text()
    )
    yield Server(line.split()[4].rstrip("/"), process.pid, folder, outside)
    process.terminate()
    process.wait(PATIENCE / 1000)
    process.stdout.close()


@pytest.fixture(scope="session")
def requests() -> list[str]:
    """Addresses of all that pages asked for."""
    return []


@pytest.fixture(scope="session")
def open_page(server, browser, requests):
    """Opens the page in a new context; keywords go to that."""
    contexts = []

    def open_page(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(server.url)
        page.wait_for_selector("body[data-ready]")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    """A page of a computer's screen, with nothing opened yet."""
    return open_page(viewport={"width": 1280, "height": 800})


@pytest.fixture
def phone(open_page):
    """A page of a phone's screen, with fingers."""
    return open_page(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
    )
