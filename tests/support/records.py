"""A server's side of TLS without a socket of its own: over anything, and record by record."""

from __future__ import annotations

import ssl
from typing import Any

from support.raw_server import Connection


class Records:
    """The service's side of TLS, which sends its records as they are, in whatever parts; also over TLS."""

    def __init__(self, connection: Connection, context: ssl.SSLContext) -> None:
        self._sock = connection.sock
        self._arrived, self._written = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._arrived, self._written, server_side=True)
        self._until(self._tls.do_handshake)
        self.send(self._written.read())

    def _until(self, step: Any) -> Any:
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                self.send(self._written.read())
                self._arrived.write(self._sock.recv(65536))

    def read_request(self) -> bytes:
        request = b""
        while b"}" not in request:
            request += self._until(lambda: self._tls.read(65536))
        return request

    def record(self, data: bytes) -> bytes:
        self._tls.write(data)
        return self._written.read()

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)
