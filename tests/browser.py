"""The Chromium or Chrome that the page is tested in: found, or installed.

`make test` calls this as a program. Its way with a machine that has none: Debian's
package where that can be installed, else Playwright's own download.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

from tests.debian import can_install, do, install_packages

VARIABLE = "CE_TF_BROWSER"
MISSING = (
    "no Chromium or Chrome that runs: install one (Debian: apt-get install chromium), "
    f"or name one that is there: make test {VARIABLE}=/path/to/chrome"
)
# Milliseconds after which the browser counts as stuck, on the slowest machine.
PATIENCE = 300_000
_NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    *("chrome", "microsoft-edge"),
)
_MAC = ("Google Chrome", "Chromium", "Microsoft Edge")


@contextlib.contextmanager
def launch_browser() -> Iterator["Browser"]:
    """Chromium that finds no host but the loopback; its GPU is the processor.

    One a process: Playwright's way for programs without a loop allows no second.
    """
    from playwright.sync_api import sync_playwright

    path = find_browser()
    assert path, MISSING
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            timeout=PATIENCE,
            args=[
                "--no-sandbox",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                *("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"),
            ],
        )
        yield browser
        browser.close()


def find_browser() -> str | None:
    """The path of the first browser that runs; None without one."""
    return next((path for path in _candidates() if _runs(path)), None)


def _candidates() -> Iterator[str]:
    if named := os.environ.get(VARIABLE):
        yield named
        return
    yield from filter(None, map(shutil.which, _NAMES))
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (str(folder / f"{n}.app/Contents/MacOS/{n}") for n in _MAC)
    yield from _playwrights_own()


def _playwrights_own() -> Iterator[str]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _runs(path: str) -> bool:
    """Whether it tells its version, and is no snap.

    Ubuntu's `chromium-browser` may be a note that asks for a snap; and a snap sees
    another /tmp than the tests.
    """
    command = [path, "--version"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and not done.stdout.strip().endswith("snap")


def install_browser() -> str | None:
    """Installs one; returns its path, or None where that cannot be done here."""
    if os.environ.get(VARIABLE):
        return None  # who names one wants no other
    packages = can_install()
    if packages:
        print("no browser for the page's tests: installing the package chromium")
        if install_packages("chromium") and (path := find_browser()):
            return path
    print("no browser for the page's tests: downloading Playwright's")
    # Its system libraries are Debian's and Ubuntu's packages.
    needs = ["--with-deps"] if packages else []
    do(sys.executable, "-m", "playwright", "install", *needs, "--no-shell", "chromium")
    return find_browser()


if __name__ == "__main__":
    if not (find_browser() or install_browser()):
        sys.exit(f"error: {MISSING}")
