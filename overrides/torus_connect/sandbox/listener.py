"""The socket that the sandbox listens on: bound before the server is built, so that its port is known."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"
"""The one address that is ever bound: nothing outside this machine can reach the sandbox."""
_MAX_PORT = 65535


def listen(port: int) -> socket.socket:
    """Return a socket that accepts connections on this port of 127.0.0.1; 0 lets the system pick a free one.

    Raises:
        OSError: the port cannot be bound.
        OverflowError: the port is not 0 to 65535.
    """
    if not 0 <= port <= _MAX_PORT:
        raise OverflowError(f"{port} is no port")  # create_server() raises that, too, and leaves its socket open
    made = socket.create_server((HOST, port))
    # The protocol is named because asyncio sets TCP_NODELAY only where it reads "TCP" on the socket. Without it a kept
    # connection waits 40 ms for every reply.
    return socket.socket(made.family, made.type, socket.IPPROTO_TCP, fileno=made.detach())
