"""The default engine for tasks; see `httpx_sync`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from .httpx_attempt import Attempt
from .instrumented import handle_async_request
from .leftovers import holds_more
from .quiet import hush, quiet
from .route import Route
from .tasks import AsyncConnection, TasksEngine
from .wire_async import AsyncWire

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    import httpcore

    from torus_connect.network import Network
    from torus_connect.reply import Body


class AsyncHttpxEngine(TasksEngine[Attempt]):
    """Sends from tasks; see `AsyncEngine`."""

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        super().__init__(Attempt, connect_timeout)
        hush()
        self._route = Route(network)

    def _connection(self) -> AsyncHttpxConnection:
        return AsyncHttpxConnection(self._route)


class AsyncHttpxConnection(AsyncConnection[Attempt]):
    """A connection of httpcore, and the wire that it goes over."""

    __slots__ = ("_connection", "_route", "_wire")

    def __init__(self, route: Route) -> None:
        super().__init__()
        self._route = route
        self._wire = AsyncWire(route.layers)
        self._connection: httpcore.AsyncConnectionInterface | None = None

    async def exchange(self, attempt: Attempt) -> None:
        """Send a request, and read its reply into the attempt."""
        self.reusable = False
        self._wire.progress = attempt.progress
        ours = quiet.set(True)
        try:
            connection = self._connection = self._connection or self._route.async_connection(
                attempt.request.url.origin, self._wire
            )
            attempt.response = await handle_async_request(connection, attempt.request)
            attempt.head()
            await _receive(cast("AsyncIterable[bytes]", attempt.response.stream), attempt.body)
            more = holds_more(connection)
            await attempt.response.aclose()
            self.reusable = connection.is_idle() and not more
        finally:
            quiet.reset(ours)

    def has_expired(self) -> bool:
        """Return whether something arrived on it while it was idle, its end for one."""
        return self._connection is None or self._connection.has_expired()

    def abort(self) -> None:
        """Have it closed, at whatever step it is."""
        self._wire.abort()

    async def aclose(self) -> None:
        """Have it closed, and wait for that."""
        await self._wire.aclose()


async def _receive(stream: AsyncIterable[bytes], body: Body) -> None:
    async for chunk in stream:
        more = body.take(chunk)
        del chunk
        if not more:
            return
