"""The engine of the extra `fast` for threads: sockets, and httptools to read what arrives.

A warm call takes two thirds of what http.client takes, and a tenth of what requests does: see docs/benchmarks.md.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from . import limits
from .addresses import addresses
from .httptools_attempt import Attempt
from .httptools_reader import ReplyReader
from .readable import can_be_read
from .threads import Connection, ThreadsEngine

if TYPE_CHECKING:
    import ssl

    from torus_connect.network import Network

    from .progress import Progress
    from .tls_layer import TlsLayer


class HttptoolsEngine(ThreadsEngine[Attempt]):
    """Sends from threads; see `Engine`."""

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        super().__init__(Attempt, connect_timeout)
        self._network = network
        self._context = network.tls_context() if network.encrypted else None

    def _connection(self) -> HttptoolsConnection:
        return HttptoolsConnection(self._network, self._context)


class HttptoolsConnection(Connection[Attempt]):
    """A socket, and what is said over it."""

    __slots__ = ("_context", "_layer", "_network", "_socket")

    def __init__(self, network: Network, context: ssl.SSLContext | None) -> None:
        self._socket: socket.socket | None = None
        super().__init__()
        self._network = network
        self._context = context
        self._layer: TlsLayer | None = None

    def exchange(self, attempt: Attempt) -> None:
        """Send a request, and read its reply into the attempt."""
        self.reusable = False
        reader, progress, whole = ReplyReader(attempt), attempt.progress, True
        try:
            connection = self._socket or self._opened(attempt)
            connection.settimeout(progress.left())
            progress.sent = True
            try:
                self._send(connection, attempt.message())
            except TimeoutError:
                raise
            except OSError:
                whole = False  # a service may refuse a request before it has read it: what it says counts
            while not reader.complete:
                reader.feed(self._receive(connection, progress))
            self.reusable = reader.reusable and whole
        finally:
            reader.close()

    def _send(self, connection: socket.socket, data: bytes) -> None:
        if self._layer:
            self._layer.encrypt(data)
            del data  # it holds the secrets, and must not be a local variable here when an interrupt comes
            self._layer.send(connection.sendall)
        else:
            connection.sendall(data)

    def _receive(self, connection: socket.socket, progress: Progress) -> bytes:
        layer = self._layer
        if layer is None:
            connection.settimeout(progress.left())
            return connection.recv(limits.READ_BYTES)
        while (chunk := layer.read(limits.READ_BYTES)) is None:
            connection.settimeout(progress.left())
            layer.arrive(connection.recv(limits.READ_BYTES))
        return chunk

    def _opened(self, attempt: Attempt) -> socket.socket:
        host, port = attempt.address()
        progress, proxy = attempt.progress, self._network.proxy
        if proxy:
            from .tunnel import Tunnel  # noqa: PLC0415 - a proxy is an exception

            tunnel = Tunnel(proxy, host, port)
            connection = self._connected(tunnel.address, progress)
            connection.settimeout(progress.left_to_connect())
            connection.sendall(tunnel.message())
            while not tunnel.feed(connection.recv(limits.READ_BYTES)):
                connection.settimeout(progress.left_to_connect())
        else:
            connection = self._connected((host, port), progress)
        if self._context:
            from .tls_layer import TlsLayer  # noqa: PLC0415 - `ssl` comes with it, and a loopback address has no TLS

            self._layer = TlsLayer(self._context, host)
            _shake_hands(self._layer, connection, progress)
        return connection

    def _connected(self, place: tuple[str, int], progress: Progress) -> socket.socket:
        host, port = place
        for address, seconds, is_last in addresses(host, port, progress):
            try:
                return self._connected_to(address, port, seconds)
            except OSError:
                self.close()
                if is_last:
                    raise
        raise ConnectionError  # a host without addresses

    def _connected_to(self, address: str, port: int, seconds: float) -> socket.socket:
        # `socket.create_connection` would look up the address anew, as a text: see `addresses`.
        connection = self._socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        connection.settimeout(seconds)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._network.local_address:
            connection.bind((self._network.local_address, 0))
        connection.connect((address, port))
        return connection

    def has_expired(self) -> bool:
        """Return whether something arrived on it while it was idle, its end for one."""
        connection = self._socket
        if connection is None:
            return True
        return bool(self._layer and self._layer.holds_more()) or can_be_read(connection.fileno())

    def close(self) -> None:
        """Close it, at whatever step it is."""
        if self._socket:
            self._socket.close()


def _shake_hands(layer: TlsLayer, connection: socket.socket, progress: Progress) -> None:
    try:
        while not layer.shake_hands():
            connection.settimeout(progress.left_to_connect())
            layer.send(connection.sendall)
            layer.arrive(connection.recv(limits.READ_BYTES))
    finally:
        with suppress(OSError):
            layer.send(connection.sendall)  # the last word of the handshake, or why it failed
