"""The socket that the sandbox listens on: bound before the server is built, so that its port is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect._login import loopback

if TYPE_CHECKING:
    import socket

HOST = loopback.IPV4
"""The one address that is ever bound: nothing outside this machine can reach the sandbox."""


def listen(port: int) -> socket.socket:
    """Return a socket that accepts connections on this port of 127.0.0.1; raises as `loopback.listen` does."""
    return loopback.listen(HOST, port)
