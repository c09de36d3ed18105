"""The page's own files: where they lie, and which of them are served."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

import ce_tf

# Of `web/`; what else lies there serves to build it.
_FOLDERS = ("page", "icons", "engine", "litert", "models")
_FILES = ("manifest.webmanifest",)
_ENGINES = '<meta name="engines" content="device">'


def find_web() -> Path:
    """The folder of the page: in the package as it is installed, else beside it."""
    package = Path(ce_tf.__file__).parent
    places = (package / "web", package.parent / "web")
    return next(place for place in places if (place / "index.html").is_file())


def list_static_routes() -> list[BaseRoute]:
    """Routes of all the page's files."""
    web = find_web()
    page = (web / "index.html").read_text(encoding="utf-8")
    assert _ENGINES in page
    # The engine in the browser needs what `make web` fetches.
    device = " device" if (web / "litert" / "index.js").is_file() else ""
    page = page.replace(_ENGINES, _ENGINES.replace("device", f"computer{device}"))

    async def show_page(_: Request) -> Response:
        return HTMLResponse(page)

    folders = [name for name in _FOLDERS if (web / name).is_dir()]
    return [
        Route("/", show_page),
        *(Mount(f"/{name}", StaticFiles(directory=web / name)) for name in folders),
        *(Route(f"/{name}", _give(web / name)) for name in _FILES),
    ]


def _give(path: Path) -> Callable[[Request], Awaitable[Response]]:
    async def give(_: Request) -> Response:
        return FileResponse(path, media_type="application/manifest+json")

    return give
