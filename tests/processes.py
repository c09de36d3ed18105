"""Processes that tests start."""

import sys


def do_first(code: str, command: list[str]) -> list[str]:
    """A command line that runs some code, and then the command in the same process.

    In place of `preexec_fn`, for which this process is forked: it may have threads of
    gRPC's, which abort a fork.

    Args:
        code: Python, without imports; it has `resource` and `signal`.
        command: whose first part is the path of a program.
    """
    code = (
        f"import os, resource, signal, sys; {code}; os.execv(sys.argv[1], sys.argv[1:])"
    )
    return [sys.executable, "-I", "-c", code, *command]
