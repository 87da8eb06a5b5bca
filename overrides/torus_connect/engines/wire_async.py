"""The network as httpcore sees it, for tasks, on asyncio itself.

httpcore's own way to asyncio goes through anyio, whose TLS is a layer of Python more, and which does not tell what it
has read ahead. A call under load takes a quarter longer there.
"""

from __future__ import annotations

import asyncio
import select
import socket
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from .progress import Progress

READ_AHEAD_BYTES = 64 * 1024
"""How much may arrive before somebody reads it; then the peer waits."""
_TURNS_TO_CLOSE = 4
"""How often the event loop turns, at the most, until a connection that is aborted is closed."""


class AsyncWire(httpcore.AsyncNetworkBackend):
    """One connection of one place; see `wire_sync.Wire`."""

    progress: Progress

    arrivals: Arrivals | None = None

    def __init__(self, layers: int) -> None:
        self.layers = layers

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Connect to one of the addresses of a host, for as long as is left, a fair share for each."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self.progress.left_to_connect()):
            infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        local = (local_address, 0) if local_address else None
        for left, info in zip(range(len(infos), 0, -1), infos, strict=True):
            try:
                async with asyncio.timeout(self.progress.left_to_connect() / left):
                    _, self.arrivals = await loop.create_connection(Arrivals, str(info[4][0]), port, local_addr=local)
            except OSError:  # a timeout is one, too
                if left == 1:
                    raise
            else:
                return AsyncStream(self, self.arrivals)
        raise httpcore.ConnectError

    async def aclose(self) -> None:
        """Close the connection, at whatever step it is, and wait until it is closed."""
        if self.arrivals:
            await self.arrivals.aclose()


class AsyncStream(httpcore.AsyncNetworkStream):
    """What httpcore reads from and writes to; see `wire_sync.Stream`."""

    def __init__(self, wire: AsyncWire, arrivals: Arrivals, layer: int = 0) -> None:
        self._wire = wire
        self._arrivals = arrivals
        self._layer = layer
        self._unsent = bytearray()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109
        """Send what was written, and read."""
        self._send()
        return await self._arrivals.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        """Take what is to be sent."""
        if self._layer == self._wire.layers:
            self._wire.progress.sent = True
        self._unsent += buffer

    def _send(self) -> None:
        if self._unsent:
            unsent, self._unsent = self._unsent, bytearray()
            self._arrivals.transport.write(unsent)

    async def aclose(self) -> None:
        """Close the stream."""
        await self._arrivals.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """Shake hands, for as long as is left."""
        async with asyncio.timeout(self._wire.progress.left_to_connect()):
            await self._arrivals.start_tls(ssl_context, server_hostname)
        return AsyncStream(self._wire, self._arrivals, self._layer + 1)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own signature
        """Return what the stream knows of itself."""
        return self._arrivals.can_be_read() if info == "is_readable" else self._arrivals.transport.get_extra_info(info)


class Arrivals(asyncio.Protocol):
    """What has arrived on a connection, until it is read.

    Attributes:
        transport: what is written to; another one for each layer of TLS.
    """

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._received = bytearray()
        self._paused = False
        self._ended = False
        self._lost = False
        self._error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None

    def can_be_read(self) -> bool:
        """Return whether something has arrived that nobody has read, the end of the connection for one.

        The system knows what the event loop has not come to.
        """
        return self._is_readable() or _can_be_read(self.transport.get_extra_info("socket").fileno())

    def _is_readable(self) -> bool:
        return bool(self._received) or self._ended

    async def read(self, max_bytes: int) -> bytes:
        """Return what has arrived; nothing where the peer has closed the connection.

        Raises:
            OSError: the connection is broken.
        """
        while not self._is_readable():
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        if self._error and not self._received:
            raise self._error
        chunk = bytes(self._received[:max_bytes])
        del self._received[:max_bytes]
        if self._paused:
            self._paused = False
            self.transport.resume_reading()
        return chunk

    async def start_tls(self, context: ssl.SSLContext, server_hostname: str | None) -> None:
        """Shake hands, and write to the encrypted layer from then on.

        Raises:
            OSError: the handshake failed.
        """
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(self.transport, self, context, server_hostname=server_hostname)
        if transport is None:  # the peer closed the connection meanwhile
            raise ConnectionError
        self.transport = transport

    async def aclose(self) -> None:
        """Close the connection without a word to the peer, whose reply is here, or lost."""
        self.transport.abort()
        for _ in range(_TURNS_TO_CLOSE):
            if not self._lost:
                await asyncio.sleep(0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = transport  # type: ignore[assignment]  # a socket has a whole one

    def data_received(self, data: bytes) -> None:
        """Take what has arrived."""
        self._received += data
        if len(self._received) > READ_AHEAD_BYTES and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        """Take note of the end; whoever reads up to it closes the connection."""
        self._ended = True
        self._wake()
        # Only a connection without TLS can be kept open in one direction.
        return self.transport.get_extra_info("ssl_object") is None

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note that it is closed."""
        self._ended, self._lost, self._error = True, True, exc
        self._wake()

    def _wake(self) -> None:
        if self._reader and not self._reader.done():
            self._reader.set_result(None)


def _can_be_read(file: int) -> bool:
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(file, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([file], [], [], 0)[0])
