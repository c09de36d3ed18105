"""The app that uvicorn runs: the page's files, and the API."""

import functools
from collections.abc import Callable, Collection
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ce_tf.erasing.eraser import Eraser
from ce_tf.errors import InputError
from ce_tf.page.allocator import return_freed_memory
from ce_tf.page.files import Limits, Sent
from ce_tf.page.form import Form
from ce_tf.page.guard import Guard
from ce_tf.page.openapi import describe
from ce_tf.page.static import list_static_routes
from ce_tf.page.turns import Turns
from ce_tf.page.work import Work

# Files of one request, each of the largest size, and what else is in it.
_FILES, _REST = 2, 1_000_000
_LEFT = 499  # nobody hears this answer


def make_app(
    models: dict[str, Eraser],
    limits: Limits,
    turns: Turns,
    hosts: Collection[str] | None,
) -> Starlette:
    """The app.

    Args:
        models: by the names that the page shows; the first is the default.
        hosts: as `Guard` takes them.
    """
    work = Work(models, limits)
    description = describe(list(models), limits)
    told = {
        "models": [{"name": name, "title": name} for name in models],
        "limits": {
            "megabytes": limits.megabytes,
            "megapixels": limits.megapixels,
        },
    }
    calls = (work.erase, work.select, work.decode, work.save)
    most_bytes = _FILES * limits.megabytes * 1_000_000 + _REST
    return Starlette(
        routes=[
            *(_call_route(call, turns) for call in calls),
            Route("/api/models", lambda _: JSONResponse(told)),
            Route("/api/openapi.json", lambda _: JSONResponse(description)),
            *list_static_routes(),
        ],
        middleware=[Middleware(Guard, hosts=hosts, most_bytes=most_bytes)],
        exception_handlers={
            HTTPException: _tell_http,
            InputError: _tell_mistake,
            ClientDisconnect: lambda *_: Response(status_code=_LEFT),
            Exception: _tell_failure,
        },
    )


def _call_route(call: Callable[[Form], Sent], turns: Turns) -> Route:
    async def answer(request: Request) -> Response:
        async with request.form(max_files=_FILES, max_fields=8) as fields:
            work = functools.partial(run_in_threadpool, _run, call, Form(fields))
            done = await turns.take(work, request.is_disconnected)
        name = quote(done.name)
        return Response(
            done.data,
            media_type=_media_type(done.name),
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
                "Cache-Control": "no-store",
            },
        )

    return Route(f"/api/{call.__name__}", answer, methods=["POST"])


def _run(call: Callable[[Form], Sent], form: Form) -> Sent:
    try:
        return call(form)
    finally:
        return_freed_memory()


def _media_type(name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    return "image/" + {"jpg": "jpeg", "tif": "tiff"}.get(ending, ending)


async def _tell_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


async def _tell_mistake(_: Request, error: Exception) -> Response:
    text = str(error)
    return JSONResponse({"error": text[0].upper() + text[1:]}, 400)


async def _tell_failure(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": f"The server failed: {type(error).__name__}."}, 500)
