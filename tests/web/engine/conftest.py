"""What tests of the engine share: a browser, and a page that serves for most."""

import contextlib
from pathlib import Path

import pytest

from tests.web.engine.page_engine import (
    PageEngine,
    gather_assets,
    open_engine,
    serve_files,
)


@pytest.fixture(scope="session")
def assets(make_once) -> Path:
    return make_once("web-assets", gather_assets)


@pytest.fixture(scope="session")
def serve(assets, tmp_path_factory):
    """Serves a page and files; gives its address and folder."""
    with contextlib.ExitStack() as servers:

        def serve(isolated: bool = False) -> tuple[str, Path]:
            folder = tmp_path_factory.mktemp("files")
            server = serve_files(assets, folder, isolated)
            return servers.enter_context(server), folder

        yield serve


@pytest.fixture(scope="session")
def engine(browser, serve) -> PageEngine:
    """One for all that do not break it."""
    return open_engine(browser, *serve())
