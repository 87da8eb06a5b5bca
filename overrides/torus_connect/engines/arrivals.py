"""One connection of a task, on asyncio itself: what arrives on it until somebody reads it, and what it is told.

anyio, which httpcore goes through, has a layer of Python more, and does not tell what it has read ahead.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from . import limits
from .readable import can_be_read
from .tls_layer import TlsLayer

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
    """A connection, with layers of TLS on it: none, one, or another one within that."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._layers: list[TlsLayer] = []
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
        if self._holds_more() or self._transport.is_closing():
            return True
        file = self._transport.get_extra_info("socket").fileno()
        return file < 0 or can_be_read(file)

    def _holds_more(self) -> bool:
        return bool(self._received) or self._ended or any(layer.holds_more() for layer in self._layers)

    async def read(self, max_bytes: int) -> bytes:
        """Return what has arrived; nothing where the peer has closed the connection.

        Raises:
            OSError: the connection is broken.
        """
        while (chunk := self._taken(max_bytes, len(self._layers))) is None:
            await self._more()
        return chunk

    async def _more(self) -> None:
        self._reader = asyncio.get_running_loop().create_future()
        await self._reader

    def _taken(self, max_bytes: int, level: int) -> bytes | None:
        """Take what has arrived, as it is within so many layers; `None` where more must arrive first."""
        if not level:
            return self._taken_bare(max_bytes)
        layer = self._layers[level - 1]
        while (chunk := layer.read(max_bytes)) is None:
            below = self._taken(limits.READ_BYTES, level - 1)
            if below is None:
                break
            layer.arrive(below)
        if chunk != b"":
            self._flush(level)  # TLS may have had to answer
        return chunk

    def _taken_bare(self, max_bytes: int) -> bytes | None:
        if not self._received:
            if self._error:
                raise self._error
            return b"" if self._ended else None
        chunk = bytes(memoryview(self._received)[:max_bytes])
        del self._received[:max_bytes]
        if self._paused and not self._ended:
            self._paused = False
            self._transport.resume_reading()
        return chunk

    def write(self, data: bytes | bytearray) -> None:
        """Send something, through all layers."""
        self._write(data, len(self._layers))

    def _write(self, data: bytes | bytearray, level: int) -> None:
        if not level:
            self._transport.write(data)
            return
        self._layers[level - 1].encrypt(data)
        self._flush(level)

    def _flush(self, level: int) -> None:
        self._layers[level - 1].send(lambda encrypted: self._write(encrypted, level - 1))

    async def start_tls(self, context: ssl.SSLContext, server_hostname: str | None, progress: Progress) -> None:
        """Shake hands in what time is left, and encrypt from then on.

        Raises:
            OSError: the handshake failed, or something came before it: nobody vouches for that.
        """
        if self._holds_more():
            raise ConnectionError
        layer = TlsLayer(context, server_hostname)
        self._layers.append(layer)
        level = len(self._layers)
        async with asyncio.timeout(progress.left_to_connect()):
            try:
                while not layer.shake_hands():
                    self._flush(level)
                    while (below := self._taken(limits.READ_BYTES, level - 1)) is None:
                        await self._more()
                    layer.arrive(below)
            finally:
                with suppress(OSError):
                    self._flush(level)  # the last word of the handshake, or why it failed

    def abort(self) -> None:
        """Have the connection closed without a word to the peer, whose reply is here, or lost."""
        with suppress(RuntimeError):  # the event loop is closed, and what it held with it
            self._transport.abort()

    async def aclose(self) -> None:
        """Have the connection closed, and wait for that."""
        self.abort()
        for _ in range(_TURNS_TO_CLOSE):
            if not self._lost:
                await asyncio.sleep(0)

    def get_extra_info(self, name: str) -> Any:  # noqa: ANN401 - as that of a transport
        """Return what a transport would know of itself."""
        if name == "ssl_object":
            return self._layers[-1].ssl_object if self._layers else None
        return self._transport.get_extra_info(name)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = transport  # type: ignore[assignment]  # a socket has a whole one

    def data_received(self, data: bytes) -> None:
        """Take what has arrived."""
        self._received += data
        if len(self._received) > _READ_AHEAD_BYTES and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        """Take note of the end; whoever reads up to it closes the connection."""
        self._ended = True
        self._wake()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note that it is closed."""
        self._ended, self._lost, self._error = True, True, exc
        self._wake()

    def _wake(self) -> None:
        if self._reader and not self._reader.done():
            self._reader.set_result(None)
