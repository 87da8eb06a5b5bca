"""A listener that does what a test tells it to, byte by byte, and keeps count of what it saw."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from typing import Any, Self

# include/net/tcp_states.h of Linux: our end was closed, and the other side's system has not yet said that it knows.
UNKNOWN_TO_PEER = {1: "TCP_ESTABLISHED", 4: "TCP_FIN_WAIT1", 11: "TCP_CLOSING"}

OK = b'{"AccessToken": "access-token-of-the-test"}'


def reply(body: bytes = OK, *, status: str = "200 OK", headers: tuple[str, ...] = ()) -> bytes:
    """Return the bytes of a whole, well-formed reply."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class Connection:
    """One accepted connection."""

    def __init__(self, sock: socket.socket, server: RawServer) -> None:
        self.sock = sock
        self.server = server

    def read_request(self) -> bytes:
        """Read one whole request and count it; empty where the client closed instead."""
        data = self.begin_request()
        if not data:
            return b""
        while b"\r\n\r\n" not in data:
            chunk = self.sock.recv(65536)
            if not chunk:
                return b""
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
        )
        while len(body) < length:
            chunk = self.sock.recv(65536)
            if not chunk:
                return b""
            body += chunk
        self.server.requests.append(head + b"\r\n\r\n" + body)
        return self.server.requests[-1]

    def begin_request(self) -> bytes:
        """Read the first byte of a request and count that it began; empty where the client closed instead."""
        first = self.sock.recv(1)
        # Once the test is over, its sockets are shut down, and Python's TLS hands out what it has not deciphered.
        self.server.begun += bool(first) and not self.server.over.is_set()
        return first

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)
        self.server.written += len(data)

    def send_together(self, *parts: bytes) -> None:
        """Send parts in one segment; with TLS, each is a record of its own."""
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        for part in parts:
            self.send(part)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Shake hands, as a server does."""
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = context.wrap_socket(self.sock, server_side=True)
        self.server.track(self.sock)

    def finish(self) -> None:
        """End in good order, and return when the other side's system has been told so."""
        self.sock.shutdown(socket.SHUT_WR)
        while self.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] in UNKNOWN_TO_PEER:
            if self.server.over.wait(0.001):
                return

    def reset(self) -> None:
        """Close with a reset instead of an orderly end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def wait_for_end(self) -> None:
        """Keep the connection open until the test is over."""
        self.server.over.wait()


Behaviour = Callable[[Connection], None]


def answer(*replies: bytes) -> Behaviour:
    """Answer each request, on whichever connection, with the next reply, the last one again and again."""

    def behave(connection: Connection) -> None:
        while connection.read_request():
            connection.send(replies[min(len(connection.server.requests), len(replies)) - 1])

    return behave


class RawServer:
    """A server on a loopback address.

    Attributes:
        connections: how many it accepted.
        begun: of how many requests it saw at least one byte.
        requests: the whole requests that it read, over all connections.
        written: how many bytes it sent.
    """

    def __init__(
        self,
        behave: Behaviour,
        *,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        listener: socket.socket | None = None,
    ) -> None:
        self.connections = 0
        self.begun = 0
        self.requests: list[bytes] = []
        self.written = 0
        self.over = threading.Event()
        self._behave = behave
        self._tls = tls
        self._threads: list[threading.Thread] = []
        self._socks: list[socket.socket] = []
        self.host = host
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = listener or socket.create_server((host, 0), family=family)
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    @property
    def base_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}/api/v1"

    def sent(self, index: int = 0) -> tuple[str, dict[str, str], Any]:
        """Return request line, headers (names in lower case) and JSON body of a request; `None` where it has none."""
        head, _, body = self.requests[index].partition(b"\r\n\r\n")
        line, *fields = head.decode().split("\r\n")
        names = [field.split(": ", 1)[0].lower() for field in fields]
        assert len(names) == len(set(names)), "a header was sent twice"
        return (
            line,
            {f.split(": ", 1)[0].lower(): f.split(": ", 1)[1] for f in fields},
            json.loads(body) if body else None,
        )

    def track(self, sock: socket.socket) -> None:
        """Remember a socket, to wake up whoever waits for it when the test is over."""
        self._socks.append(sock)

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        for sock in self._socks:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._socks.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        connection = Connection(sock, self)
        # A client that goes away is part of many tests.
        with sock, contextlib.suppress(OSError, ssl.SSLError):
            try:
                if self._tls:
                    connection.start_tls(self._tls)
                self._behave(connection)
            finally:
                connection.sock.close()
