"""Runs the page's program with no TensorFlow, and no way off the loopback.

python guarded.py LOG FLAGS...: each attempt to reach another host is written to LOG and
fails. The first line of LOG is an attempt of our own, which shows that the guard works.
"""

import contextlib
import ipaddress
import socket
import sys
from pathlib import Path

LOG = Path(sys.argv.pop(1))
# An import of either fails.
sys.modules["tensorflow"] = sys.modules["keras"] = None


def guard(call):
    def guarded(self, address, *args):
        host = address[0] if isinstance(address, tuple) else None
        if host is not None and not is_local(host):
            note(host)
        return call(self, address, *args)

    return guarded


def is_local(host) -> bool:
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def note(host) -> None:
    with LOG.open("a") as log:
        log.write(f"{host}\n")
    raise OSError(f"{host} is not the loopback")


def look_up(host, *args, **options):
    name = host.decode() if isinstance(host, bytes) else host
    if not is_local(name):
        note(name)
    return resolve(host, *args, **options)


resolve, socket.getaddrinfo = socket.getaddrinfo, look_up
socket.socket.connect = guard(socket.socket.connect)
socket.socket.connect_ex = guard(socket.socket.connect_ex)
with contextlib.suppress(OSError):
    socket.create_connection(("192.0.2.1", 80), timeout=1)

from ce_tf.app import run  # noqa: E402

run()
