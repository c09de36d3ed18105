"""What stands before every answer: who may ask, how much may be sent, which headers."""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Scripts, styles and requests of the page's own address alone. WebAssembly is allowed,
# which the engine in the browser is; pictures that the page makes are blobs.
_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "worker-src 'self' blob:; img-src 'self' blob: data:; "
    "object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    # Both let a page have threads, and keep other pages' windows from its own.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # Ask whether a file is new: the next version of the package has others.
    "Cache-Control": "no-cache",
}


class Guard:
    """Wraps an app.

    Args:
        hosts: names by which the server may be asked for; None is any. A page from
            elsewhere whose name was made to lead to this machine is refused by it.
        most_bytes: of a request.
    """

    def __init__(
        self, app: ASGIApp, hosts: Collection[str] | None, most_bytes: int
    ) -> None:
        self._app, self._hosts, self._most_bytes = app, hosts, most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if refusal := self._refuse(Headers(scope=scope)):
            answer = JSONResponse({"error": refusal}, 403)
            await answer(scope, receive, send_with_headers)
            return
        await self._app(scope, self._bounded(receive), send_with_headers)

    def _refuse(self, headers: Headers) -> str | None:
        host = headers.get("host", "")
        if self._hosts is not None and _name(host) not in self._hosts:
            return f"This server is not {host!r}."
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return f"{origin} is another page: only this server's own may ask."
        return None

    def _bounded(self, receive: Receive) -> Receive:
        sent = 0

        async def receive_bounded() -> Message:
            nonlocal sent
            message = await receive()
            sent += len(message.get("body", b""))
            if sent <= self._most_bytes:
                return message
            # Read to its end, or the answer would not be: it would cut the sending off.
            while message.get("more_body"):
                message = await receive()
            raise HTTPException(
                413, f"More than {self._most_bytes / 1e6:.0f} MB were sent."
            )

        return receive_bounded


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
