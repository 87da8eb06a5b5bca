"""The network as httpcore sees it, for tasks, on asyncio itself.

anyio, which httpcore goes through, has a layer of Python more, and does not tell what it has read ahead.
"""

from __future__ import annotations

import asyncio
import select
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpcore

from . import limits
from .failures import Unasked
from .tls import TlsStack

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from .progress import Progress
    from .tls import Sessions

_READ_AHEAD_BYTES = 64 * 1024
"""How much may arrive before somebody reads it; then the peer waits."""
_TURNS_TO_CLOSE = 4
"""How often the event loop turns, at the most, until a connection that is aborted is closed."""


class Arrivals(asyncio.Protocol):
    """What has arrived on a transport and nobody has taken."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.lost = False
        self._received = bytearray()
        self._paused = False
        self._ended = False
        self._error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None

    async def take(self) -> bytes:
        """Return what has arrived; nothing where the peer has closed the connection.

        Raises:
            OSError: the connection is broken.
        """
        while (data := self.taken()) is None:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        return data

    def taken(self) -> bytes | None:
        """Return what has arrived, or `None` where nothing has; otherwise as for `take`."""
        if not self._received:
            if self._error:
                raise self._error
            return b"" if self._ended else None
        data = bytes(self._received)
        self._received.clear()
        if self._paused and not self._ended:
            self._paused = False
            self.transport.resume_reading()
        return data

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
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note that it is closed."""
        self._ended, self.lost, self._error = True, True, exc
        self._wake()

    def _wake(self) -> None:
        if self._reader and not self._reader.done():
            self._reader.set_result(None)


class AsyncWire(httpcore.AsyncNetworkBackend, httpcore.AsyncNetworkStream):
    """One connection of a task; see `backend_sync.Wire`."""

    progress: Progress
    _arrivals: Arrivals | None = None

    def __init__(self, layers: int, sessions: Sessions) -> None:
        self.tls = TlsStack(sessions)
        self._layers = layers
        self._unsent = False
        self._is_new = True

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Connect to one of the addresses of a host, in what time is left, a fair share for each."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self.progress.left_to_connect()):
            infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        local = (local_address, 0) if local_address else None
        for left, info in zip(range(len(infos), 0, -1), infos, strict=True):
            try:
                async with asyncio.timeout(self.progress.left_to_connect() / left):
                    _, self._arrivals = await loop.create_connection(Arrivals, str(info[4][0]), port, local_addr=local)
            except OSError:  # a timeout is one, too
                if left == 1:
                    raise
            else:
                return self
        raise ConnectionError  # a host without addresses

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """Shake hands, for as long as is left to connect."""
        async with asyncio.timeout(self.progress.left_to_connect()):
            await self._must_be_silent()
            self.tls.begin_tls(ssl_context, server_hostname)
            try:
                while not self.tls.shake_hands():
                    self._flush()
                    await self._receive()
            finally:
                self._flush()  # the last word of the handshake, or why it failed
        return self

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        """Take what is to be sent."""
        self._unsent = True
        self.tls.unsent.extend(buffer)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109
        """Send what was written, and read; before the last layer, that is a part of connecting."""
        if self._is_through:
            return await self._exchange(max_bytes)
        async with asyncio.timeout(self.progress.left_to_connect()):
            return await self._exchange(1)

    async def _exchange(self, max_bytes: int) -> bytes:
        if self._unsent:
            self._unsent = False
            if self._is_through and self._is_new:
                self._is_new = False
                await asyncio.sleep(limits.LISTENING_SECONDS)
            await self._must_be_silent()
            self.progress.sent = self._is_through
        while (chunk := self.tls.read(max_bytes)) is None:
            self._flush()
            await self._receive()
        return chunk

    @property
    def _is_through(self) -> bool:
        return self.tls.ready == self._layers

    @property
    def _connected(self) -> Arrivals:
        if self._arrivals is None:
            raise ConnectionError
        return self._arrivals

    def _flush(self) -> None:
        self.tls.flush()
        if self.tls.to_send:
            try:
                self._connected.transport.write(bytes(self.tls.to_send))
            finally:
                self.tls.to_send.clear()

    async def _receive(self) -> None:
        self.tls.arrive(await self._connected.take())

    async def _must_be_silent(self) -> None:
        if await self.has_unread():
            raise Unasked

    async def has_unread(self) -> bool:
        """Return whether anything has arrived that nobody asked for, the end of the connection for one."""
        arrivals = self._connected
        while not self.tls.has_unread():
            try:
                data = arrivals.taken()
            except OSError:
                return True
            if data is not None:
                self.tls.arrive(data)
            elif arrivals.transport.is_closing():
                return True
            elif not _can_be_read(arrivals.transport):
                return False
            else:
                await asyncio.sleep(0)  # the system has something that the event loop has not come to
        return True

    def abort(self) -> None:
        """Have the connection closed without a word to the peer, whose reply is here, or lost."""
        if self._arrivals:
            with suppress(RuntimeError):  # the event loop is closed, and what it held with it
                self._arrivals.transport.abort()

    async def aclose(self) -> None:
        """Have the connection closed, at whatever step it is, and wait for that."""
        self.abort()
        for _ in range(_TURNS_TO_CLOSE):
            if self._arrivals and not self._arrivals.lost:
                await asyncio.sleep(0)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own signature
        """Return what the stream knows of itself."""
        return self.tls.ssl_object if info == "ssl_object" else None


def _can_be_read(transport: asyncio.Transport) -> bool:
    """Return whether the system has something for a transport, the end of the connection for one."""
    file = transport.get_extra_info("socket").fileno()
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(file, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([file], [], [], 0)[0])
