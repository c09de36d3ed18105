"""The C compiler that the servers' loader is tested with: found, or installed.

`make test` calls this as a program.
"""

import shutil
import sys

from tests.debian import can_install, install_packages

MISSING = "no C compiler: install one that `cc` starts (Debian: apt-get install gcc)"


def find_compiler() -> str | None:
    """The path of `cc`; None without one."""
    return shutil.which("cc")


if __name__ == "__main__":
    if not find_compiler() and can_install():
        print("no C compiler for the tests: installing the package gcc")
        # Of the C library's headers gcc says only that they go well with it.
        install_packages("gcc", "libc6-dev")
    if not find_compiler():
        sys.exit(f"error: {MISSING}")
