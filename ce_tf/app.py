"""Opens a page in the browser: rub over a thing in a photo, and it is gone.

    python -m ce_tf.app
    python -m ce_tf.app --model=run/export/model.tflite --port=8000

Needs `pip install 'ce_tf[app]'`. The page listens on this machine alone (127.0.0.1)
unless `--host` says otherwise, sends nothing anywhere, and needs no network. Photos
stay in the server's memory while their page is open. Ctrl-C stops it.
"""

import dataclasses
import os
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ce_tf.command_line import flag, run_command
from ce_tf.errors import InputError
from ce_tf.page.allocator import keep_one_heap

if TYPE_CHECKING:
    import gradio as gr

_USERS_NOTED = 500


@dataclasses.dataclass(frozen=True, kw_only=True)
class AppConfig:
    """The flags of `python -m ce_tf.app`."""

    model: tuple[str, ...] = flag(
        (),
        help="SavedModel folder or .tflite file that export.py wrote; several "
        "(repeated, or separated by commas) make a menu. Without it, `faithful` and "
        "`vivid`, which ship with the package. A SavedModel needs TensorFlow, which "
        "takes seconds to start.",
    )
    host: str = flag(
        "127.0.0.1",
        help="Address to listen on; 0.0.0.0 lets other machines in, unguarded.",
    )
    port: int = flag(7860, help="Port to listen on; 0 takes a free one.")
    max_megabytes: int = flag(50, help="Largest file that is taken.")
    max_megapixels: int = flag(64, help="Largest picture that is taken.")
    memory: int = flag(
        4000,
        help="Megabytes kept of all users' photos; beyond it those longest unused are "
        "forgotten.",
    )
    jobs: int = flag(2, help="How many requests are worked on at once.")
    queue: int = flag(
        100, help="How many may wait; further ones are told to try later."
    )


def main(config: AppConfig) -> None:
    """Serves the page until it is stopped."""
    _check(config)
    keep_one_heap()
    # Before gradio is imported, which reads them then.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["GRADIO_SHARE"] = "False"
    with tempfile.TemporaryDirectory(prefix="ce_tf-page-") as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder
        serve(config, Path(folder))


def serve(config: AppConfig, folder: Path) -> None:
    """Runs the page until Ctrl-C; users' files lie in `folder`."""
    page = make_page(config, folder)
    _, url, _ = page.launch(**launch_options(config))
    print(f"The page is at {url} (Ctrl-C stops it)", flush=True)
    page.block_thread()


def make_page(config: AppConfig, folder: Path) -> "gr.Blocks":
    """Loads the models and builds the page, ready to launch."""
    from ce_tf.page.models import load_models

    models = load_models(config.model)
    try:
        import gradio  # noqa: F401
    except ImportError:
        raise InputError(
            "Gradio, which makes the page, is not installed: pip install 'ce_tf[app]'."
        ) from None
    from ce_tf.page.actions import Actions
    from ce_tf.page.files import Limits
    from ce_tf.page.layout import build_page
    from ce_tf.page.samples import find_samples
    from ce_tf.page.sessions import Sessions

    limits = Limits(config.max_megabytes, config.max_megapixels)
    sessions = Sessions(config.memory, folder)
    actions = Actions(models, find_samples(), sessions, limits)
    page = build_page(actions, folder)
    return page.queue(default_concurrency_limit=config.jobs, max_size=config.queue)


def launch_options(config: AppConfig) -> dict:
    """What `gradio.Blocks.launch` is told: nothing leaves the machine."""
    import gradio as gr

    from ce_tf.page.layout import read_script, read_style

    return {
        "server_name": config.host,
        "server_port": _find_port(config.host, config.port),
        "max_file_size": f"{config.max_megabytes}mb",
        "max_threads": max(40, config.jobs),
        # Gradio's own notes on users who left, 0.1 MB each: our Sessions hold the rest.
        "state_session_capacity": _USERS_NOTED,
        "share": False,
        "enable_monitoring": False,
        "run_history": False,
        "mcp_server": False,
        "ssr_mode": False,
        "pwa": False,
        "quiet": True,
        "prevent_thread_lock": True,
        "footer_links": ["api"],
        # Its fonts come with the package.
        "theme": gr.themes.Default(),
        "css": read_style(),
        "head": read_script(),
    }


def _find_port(host: str, port: int) -> int:
    """A port that can be listened on: `port`, or a free one where that is 0.

    Raises:
        InputError: it is taken, or the host is none of this machine.
    """
    try:
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            return listener.getsockname()[1]
    except OSError as error:
        raise InputError(
            f"--host={host} --port={port} cannot be listened on: {error.strerror}. "
            "Give an address of this machine; --port=0 takes a free port."
        ) from None


def _check(config: AppConfig) -> None:
    if not 0 <= config.port < 65536:
        raise InputError(f"--port={config.port}: give 0 (a free one) to 65535.")
    for name in ("max_megabytes", "max_megapixels", "memory", "jobs", "queue"):
        if getattr(config, name) < 1:
            raise InputError(f"--{name}={getattr(config, name)}: give 1 or more.")
    _find_port(config.host, config.port)  # before models are loaded


def run(argv: Sequence[str] | None = None) -> None:
    """Serves the page with the flags of `argv`, or of the command line."""
    run_command(AppConfig, main, __doc__, argv)


if __name__ == "__main__":
    run()
