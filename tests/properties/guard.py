"""The network as these tests may use it: the ports of their own listeners on the loopback address, and nothing else."""

from __future__ import annotations

import functools
import socket
from ipaddress import ip_address
from typing import Any

import pytest

import torus_connect._calls.retry
from torus_connect._transport import tls_context


class Guard:
    """Refuses every connection but those to `ports`, and every name but `localhost`, as a system without network does.

    It also takes the waiting out of retries, and reads the TLS roots once for all cases.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.ports: set[int] = set()
        self._connect = socket.socket.connect
        self._getaddrinfo = socket.getaddrinfo

        def connect(sock: socket.socket, address: Any) -> None:
            self._checked_connect(sock, address)

        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket, "getaddrinfo", self._checked_getaddrinfo)
        patch.setattr(torus_connect._calls.retry, "BASE_SECONDS", 0.0)
        patch.setattr(tls_context, "_default_context", functools.cache(tls_context._default_context))

    def _checked_connect(self, sock: socket.socket, address: Any) -> None:
        if sock.family != socket.AF_UNIX and not (address[1] in self.ports and ip_address(address[0]).is_loopback):
            raise ConnectionRefusedError(111, "Connection refused")
        self._connect(sock, address)

    def _checked_getaddrinfo(self, host: Any, *args: Any, **kwargs: Any) -> Any:
        # What the original does first, and what it raises for a name that is none, is a part of what is tested.
        name = host.encode("idna").decode() if isinstance(host, str) else host.decode()
        try:
            ip_address(name)
        except ValueError:
            if name != "localhost":
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
        return self._getaddrinfo(host, *args, **kwargs)
