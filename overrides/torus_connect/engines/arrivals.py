"""What arrives on a connection of a task, on asyncio itself, until somebody reads it.

anyio, which httpcore goes through, has a layer of Python more for TLS, and does not tell what it has read ahead.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from .readable import can_be_read

if TYPE_CHECKING:
    import ssl

    from .progress import Progress

_READ_AHEAD_BYTES = 64 * 1024
"""How much may arrive before somebody reads it; then the peer waits."""
_TURNS_TO_CLOSE = 4
"""How often the event loop turns, at the most, until a connection that is aborted is closed."""


async def connected(host: str, port: int, progress: Progress, local_address: str | None) -> Arrivals:
    """Return a connection to one of the addresses of a host, made in what time is left, a fair share for each.

    Raises:
        OSError: it cannot be made; `TimeoutError` where it took too long.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(progress.left_to_connect()):
        infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    local = (local_address, 0) if local_address else None
    for left, info in zip(range(len(infos), 0, -1), infos, strict=True):
        try:
            async with asyncio.timeout(progress.left_to_connect() / left):
                return (await loop.create_connection(Arrivals, str(info[4][0]), port, local_addr=local))[1]
        except OSError:  # a timeout is one, too
            if left == 1:
                raise
    raise ConnectionError  # a host without addresses


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

    def is_readable(self) -> bool:
        """Return whether something has arrived that nobody has read, the end of the connection for one.

        The system knows what the event loop has not come to.
        """
        return self._has_more() or can_be_read(self.transport.get_extra_info("socket").fileno())

    def _has_more(self) -> bool:
        return bool(self._received) or self._ended

    async def read(self, max_bytes: int) -> bytes:
        """Return what has arrived; nothing where the peer has closed the connection.

        Raises:
            OSError: the connection is broken.
        """
        while not self._has_more():
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

    async def start_tls(self, context: ssl.SSLContext, server_hostname: str | None, progress: Progress) -> None:
        """Shake hands in what time is left, and write to the encrypted layer from then on.

        Raises:
            OSError: the handshake failed.
        """
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(progress.left_to_connect()):
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
        if len(self._received) > _READ_AHEAD_BYTES and not self._paused:
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
