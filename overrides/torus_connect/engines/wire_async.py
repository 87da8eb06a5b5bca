"""The network as httpcore sees it, for tasks, on asyncio itself.

httpcore's own way to asyncio goes through anyio; see `arrivals`. A call under load takes a quarter longer there.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpcore

from .arrivals import Arrivals, connected

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

    from .progress import Progress


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
        """Connect to one of the addresses of a host."""
        self.arrivals = await connected(host, port, self.progress, local_address)
        return AsyncStream(self, self.arrivals)

    def abort(self) -> None:
        """Have the connection closed, at whatever step it is."""
        if self.arrivals:
            self.arrivals.abort()

    async def aclose(self) -> None:
        """Have the connection closed, at whatever step it is, and wait for that."""
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
        """Send what was written, and read; before the last layer, that is a part of connecting."""
        self._send()
        if self._layer == self._wire.layers:
            return await self._arrivals.read(max_bytes)
        async with asyncio.timeout(self._wire.progress.left_to_connect()):
            return await self._arrivals.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        """Take what is to be sent."""
        if self._layer == self._wire.layers:
            self._wire.progress.sent = True
        self._unsent += buffer

    def _send(self) -> None:
        if self._unsent:
            unsent, self._unsent = self._unsent, bytearray()
            self._arrivals.write(unsent)

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
        await self._arrivals.start_tls(ssl_context, server_hostname, self._wire.progress)
        return AsyncStream(self._wire, self._arrivals, self._layer + 1)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own signature
        """Return what the stream knows of itself."""
        return self._arrivals.is_readable() if info == "is_readable" else self._arrivals.get_extra_info(info)
