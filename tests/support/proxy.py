"""A real HTTP proxy for CONNECT, of the tests."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
from typing import Self


class ConnectProxy:
    """Tunnels to wherever it is asked, or refuses; keeps what it was asked.

    Args:
        credentials: `user:password` that it insists on (407 without them).
        tls: how to shake hands with whoever comes; without it, plain HTTP.
        refuse: the status line to answer every CONNECT with, such as `403 Forbidden`; empty to close without a word.
    """

    def __init__(
        self, *, credentials: str | None = None, refuse: str | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self.asked: list[bytes] = []
        self.sources: list[str] = []
        self.encrypted: list[ssl.SSLSocket] = []
        self._credentials = credentials
        self._refuse = refuse
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._socks: list[socket.socket] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._listener, *self._socks):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, address = self._listener.accept()
            except OSError:
                return
            self._socks.append(client)
            self.sources.append(address[0])
            self._start(self._serve, client)

    def _start(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls:
                client = self._tls.wrap_socket(client, server_side=True)
                self._socks.append(client)
                self.encrypted.append(client)
            asked = b""
            while b"\r\n\r\n" not in asked:
                chunk = client.recv(65536)
                if not chunk:
                    return
                asked += chunk
            self.asked.append(asked)
            status = self._status(asked)
            if status:
                client.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
            if not status.startswith("200"):
                client.shutdown(socket.SHUT_RDWR)
                return
            host, port = asked.split(b" ")[1].decode().rsplit(":", 1)
            server = socket.create_connection((host.strip("[]"), int(port)))
            self._socks.append(server)
            self._start(_copy, server, client)
            _copy(client, server)

    def _status(self, asked: bytes) -> str:
        if self._refuse is not None:
            return self._refuse
        if self._credentials:
            wanted = b"Basic " + base64.b64encode(self._credentials.encode())
            if wanted not in asked:
                return "407 Proxy Authentication Required"
        return "200 Connection established"


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
