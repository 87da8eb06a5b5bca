"""The engine of the extra `fast` for tasks: asyncio itself, and httptools to read a reply; see `httptools_sync`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from . import limits
from .arrivals import Arrivals, connected
from .httptools_attempt import Attempt
from .httptools_reader import ReplyReader
from .tasks import AsyncConnection, TasksEngine

if TYPE_CHECKING:
    import ssl

    from torus_connect.network import Network

    from .progress import Progress


class AsyncHttptoolsEngine(TasksEngine[Attempt]):
    """Sends from tasks; see `AsyncEngine`."""

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        super().__init__(Attempt, connect_timeout)
        self._network = network
        self._context = network.tls_context() if network.encrypted else None

    def _connection(self) -> AsyncHttptoolsConnection:
        return AsyncHttptoolsConnection(self._network, self._context)


class AsyncHttptoolsConnection(AsyncConnection[Attempt]):
    """A transport of asyncio, and what is said over it."""

    __slots__ = ("_arrivals", "_context", "_network")

    def __init__(self, network: Network, context: ssl.SSLContext | None) -> None:
        super().__init__()
        self._network = network
        self._context = context
        self._arrivals: Arrivals | None = None

    async def exchange(self, attempt: Attempt) -> None:
        """Send a request, and read its reply into the attempt."""
        self.reusable = False
        reader = ReplyReader(attempt)
        try:
            arrivals = self._arrivals or await self._opened(attempt)
            attempt.progress.sent = True
            arrivals.write(attempt.message())
            while not reader.complete:
                reader.feed(await arrivals.read(limits.READ_BYTES))
            self.reusable = reader.reusable
        finally:
            reader.close()

    async def _opened(self, attempt: Attempt) -> Arrivals:
        host, port = attempt.address()
        progress, proxy = attempt.progress, self._network.proxy
        if proxy:
            from .tunnel import Tunnel  # noqa: PLC0415 - a proxy is an exception

            tunnel = Tunnel(proxy, host, port)
            arrivals = await self._connected(tunnel.address, progress)
            arrivals.write(tunnel.message())
            async with asyncio.timeout(progress.left_to_connect()):
                while not tunnel.feed(await arrivals.read(limits.READ_BYTES)):
                    pass
        else:
            arrivals = await self._connected((host, port), progress)
        if self._context:
            await arrivals.start_tls(self._context, host, progress)
        return arrivals

    async def _connected(self, place: tuple[str, int], progress: Progress) -> Arrivals:
        self._arrivals = await connected(*place, progress, self._network.local_address)
        return self._arrivals

    def has_expired(self) -> bool:
        """Return whether something arrived on it while it was idle, its end for one."""
        return self._arrivals is None or self._arrivals.is_readable()

    def abort(self) -> None:
        """Have it closed, at whatever step it is."""
        if self._arrivals:
            self._arrivals.abort()

    async def aclose(self) -> None:
        """Have it closed, and wait for that."""
        if self._arrivals:
            await self._arrivals.aclose()
