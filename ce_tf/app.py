"""Opens a page in the browser: rub over a thing in a photo, and it is gone.

    python -m ce_tf.app
    python -m ce_tf.app --model=run/export/model.tflite --port=8000

Needs `pip install 'ce_tf[app]'`. The page listens on this machine alone (127.0.0.1)
unless `--host` says otherwise, sends nothing anywhere, and needs no network. A photo
stays in its page: the server keeps nothing of it. Ctrl-C stops it.
"""

import dataclasses
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ce_tf.command_line import flag, run_command
from ce_tf.errors import InputError
from ce_tf.extras import require_extra
from ce_tf.page.allocator import keep_one_heap

if TYPE_CHECKING:
    from starlette.applications import Starlette

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_BACKLOG = 2048
_GRACE = 5  # seconds that requests have to end when the page is stopped


@dataclasses.dataclass(frozen=True, kw_only=True)
class AppConfig:
    """The flags of `python -m ce_tf.app`."""

    model: tuple[str, ...] = flag(
        (),
        help="SavedModel folder or .tflite file that export.py wrote; several "
        "(repeated, or separated by commas) make a menu. Without it, what "
        "ships with the package. A SavedModel needs TensorFlow, which "
        "takes seconds to start.",
    )
    host: str = flag(
        "127.0.0.1",
        help="Address to listen on; 0.0.0.0 lets other machines in, unguarded.",
    )
    port: int = flag(7860, help="Port to listen on; 0 takes a free one.")
    max_megabytes: int = flag(50, help="Largest file that is taken.")
    max_megapixels: int = flag(64, help="Largest picture that is taken.")
    jobs: int = flag(2, help="How many requests are worked on at once.")
    queue: int = flag(
        100, help="How many may wait; further ones are told to try later."
    )


def main(config: AppConfig) -> None:
    """Serves the page until it is stopped."""
    _check(config)
    keep_one_heap()
    require_extra("app", "the page")
    import uvicorn

    # Held from before the models are loaded, so that no other takes the port.
    with _listen(config.host, config.port) as listener:
        options = uvicorn.Config(
            make_app(config),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
        port = listener.getsockname()[1]
        print(f"The page is at {_url(config.host, port)} (Ctrl-C stops it)", flush=True)
        uvicorn.Server(options).run([listener])


def make_app(config: AppConfig) -> "Starlette":
    """Loads the models and makes the app that serves them."""
    from ce_tf.page.files import Limits
    from ce_tf.page.models import load_models
    from ce_tf.page.server import make_app
    from ce_tf.page.turns import Turns

    limits = Limits(config.max_megabytes, config.max_megapixels)
    turns = Turns(config.jobs, config.queue)
    return make_app(load_models(config.model), limits, turns, _names(config.host))


def _names(host: str) -> set[str] | None:
    """The names by which the server may be asked for; None is any.

    One that listens on this machine alone is for this machine's own pages.
    """
    if host not in _LOOPBACK and not host.startswith("127."):
        return None
    return {*_LOOPBACK, host}


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    """Listens on `port`, or on a free one where that is 0.

    Raises:
        InputError: it is taken, or the host is none of this machine.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise InputError(
            f"--host={host} --port={port} cannot be listened on: {error.strerror}. "
            "Give an address of this machine; --port=0 takes a free port."
        ) from None


def _check(config: AppConfig) -> None:
    if not 0 <= config.port < 65536:
        raise InputError(f"--port={config.port}: give 0 (a free one) to 65535.")
    for name in ("max_megabytes", "max_megapixels", "jobs", "queue"):
        if getattr(config, name) < 1:
            raise InputError(f"--{name}={getattr(config, name)}: give 1 or more.")


def run(argv: Sequence[str] | None = None) -> None:
    """Serves the page with the flags of `argv`, or of the command line."""
    run_command(AppConfig, main, __doc__, argv)


if __name__ == "__main__":
    run()
