"""Sockets that only this machine can reach."""

from __future__ import annotations

import errno
import os
import socket

from torus_connect.errors import ConfigurationError

IPV4, IPV6 = "127.0.0.1", "::1"

_MAX_PORT = 65535
_NO_IPV6 = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that accepts connections on this port of a loopback address; 0 lets the system pick a free one.

    Raises:
        OSError: the port cannot be bound.
        OverflowError: the port is not 0 to 65535.
    """
    if not 0 <= port <= _MAX_PORT:
        raise OverflowError(f"{port} is no port")  # create_server() raises that, too, and leaves its socket open
    made = socket.create_server((host, port), family=socket.AF_INET6 if host == IPV6 else socket.AF_INET)
    # The protocol is named because asyncio sets TCP_NODELAY only where it reads "TCP" on the socket. Without it a kept
    # connection waits 40 ms for every reply.
    return socket.socket(made.family, made.type, socket.IPPROTO_TCP, fileno=made.detach())


def listen_on_both(port: int) -> list[socket.socket]:
    """Return sockets that listen on the same port of 127.0.0.1 and, where the machine has it, of ::1.

    A browser may take `localhost` for either. Where only one of them were bound, another program could be listening on
    the other.

    Args:
        port: not 0.

    Raises:
        ConfigurationError: it is no port, is taken on one of the two, or cannot be bound.
    """
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port <= _MAX_PORT:
        raise ConfigurationError(f"port must be a whole number from 1 to {_MAX_PORT}")
    listeners: list[socket.socket] = []
    try:
        listeners.extend(listen(host, port) for host in (IPV4, IPV6))
    except OSError as exc:
        if not listeners or exc.errno not in _NO_IPV6:
            for listener in listeners:
                listener.close()
            raise ConfigurationError(
                f"port {port} cannot be listened on, on 127.0.0.1 and ::1: {os.strerror(exc.errno or 0)}. Choose "
                "another one (`--port`), and register it with the redirect URL"
            ) from None
    return listeners
