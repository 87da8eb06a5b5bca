"""The socket that the sandbox listens on: bound before the server is built, so that its port is known."""

from __future__ import annotations

import os
import socket

HOST = "127.0.0.1"
"""The one address that is ever bound: nothing outside this machine can reach the sandbox."""


def listen(port: int) -> socket.socket:
    """Return a socket that accepts connections on this port of 127.0.0.1; 0 lets the system pick a free one.

    Raises:
        OSError: the port cannot be bound.
        OverflowError: the port is not 0 to 65535.
    """
    # The protocol is named because asyncio sets TCP_NODELAY only where it reads "TCP" on the socket. Without it a kept
    # connection waits 40 ms for every reply; socket.create_server() leaves it out.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # take over a port that was just left; elsewhere this would share one that is in use
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener
