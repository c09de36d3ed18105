"""Installs packages on Debian and its likes, for tests of what lies outside Python."""

import os
import shutil
import subprocess


def can_install() -> bool:
    """Whether there is `apt-get`, and the right to use it without a password."""
    return bool(shutil.which("apt-get")) and do(*_root(), "true")


def install_packages(*names: str) -> bool:
    """Installs them; whether that went well."""
    apt = [*_root(), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    apt += ["-o", "DPkg::Lock::Timeout=120"]
    do(*apt, "update")
    return do(*apt, "install", "-y", *names)


def do(*command: str) -> bool:
    """Runs a command; whether it is there and ends with 0."""
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def _root() -> list[str]:
    return [] if os.geteuid() == 0 else ["sudo", "-n"]
