"""The engine for tasks; see `pool_sync`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from . import limits
from .attempt import Attempt
from .backend_async import AsyncWire
from .connection import AnyConnection, Idle, seconds_to_be_idle
from .instrumentation import handle_async_request
from .log_redaction import hush, quiet
from .non_copyable import Uncopied
from .pool_slots_async import AsyncPlaces
from .route import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Hashable

    import httpcore

    from torus_connect._calls.request import HTTPRequest
    from torus_connect._transport.network import Network
    from torus_connect.reply import Body, Reply


class AsyncConnection(AnyConnection):
    """A connection that tasks take, one at a time: one of httpcore, and the wire that it goes over."""

    __slots__ = ("_connection", "_route", "_wire")

    def __init__(self, route: Route, key: Hashable) -> None:
        super().__init__(key)
        self._route = route
        self._wire = AsyncWire(route.layers, route.sessions)
        self._connection: httpcore.AsyncConnectionInterface | None = None

    async def exchange(self, attempt: Attempt) -> None:
        """Send a request, and read its reply into the attempt."""
        self.idle_seconds = 0
        self._wire.progress = attempt.progress
        ours = quiet.set(True)
        try:
            connection = self._connection = self._connection or self._route.async_connection(
                attempt.request.url.origin, self._wire
            )
            attempt.response = await handle_async_request(connection, attempt.request)
            attempt.head()
            await _receive(cast("AsyncIterable[bytes]", attempt.response.stream), attempt.body)
            self._wire.tls.keep_sessions()
            await attempt.response.aclose()
            self.idle_seconds = seconds_to_be_idle(connection, attempt)
        finally:
            quiet.reset(ours)

    async def has_unread(self) -> bool:
        """Return whether something arrived on it while it was idle, its end for one."""
        try:
            return await self._wire.has_unread()
        except BaseException:  # it is in no queue, and would stay open
            self.abort()
            raise

    def abort(self) -> None:
        """Have it closed, at whatever step it is."""
        self._wire.abort()

    async def aclose(self) -> None:
        """Have it closed, and wait for that."""
        await self._wire.aclose()


class AsyncEngine(Uncopied):
    """Sends requests from any number of tasks of one event loop.

    Attributes:
        closed: whether connections are kept no more.
    """

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        self.closed = False
        self._connect_timeout = connect_timeout
        self._places = AsyncPlaces(limits.MAX_CONNECTIONS)
        self._idle: Idle[AsyncConnection] = Idle()
        hush()
        self._route = Route(network)

    async def send(self, request: HTTPRequest, seconds: float) -> Reply:
        """Send a request once and return its reply; errors as for `pool_sync.Engine.send`."""
        attempt = Attempt(request, seconds, self._connect_timeout, self._route.proxy_address)
        try:
            await self._places.take(seconds)
            try:
                async with asyncio.timeout(attempt.progress.left()):
                    await self._exchange(attempt)
            finally:
                self._places.give_back()
        except Exception as exc:  # noqa: BLE001 - see `pool_sync`
            failure = attempt.failure(exc)
        else:
            return attempt.reply()
        raise failure

    async def _exchange(self, attempt: Attempt) -> None:
        connection = await self._idle_one(attempt.key) or AsyncConnection(self._route, attempt.key)
        try:
            await connection.exchange(attempt)
        except GeneratorExit:  # the coroutine is closed, and may not wait any more
            connection.abort()
            raise
        except BaseException:
            await connection.aclose()
            raise
        if connection.idle_seconds:
            self._idle.put(connection)
            if self.closed:
                await self.aclose()
        else:
            await connection.aclose()

    async def _idle_one(self, key: Hashable) -> AsyncConnection | None:
        # One at a time, out of the queue before anything is awaited: whoever is cancelled here loses none.
        while stale := self._idle.take_stale():
            await stale.aclose()
        while connection := self._idle.take(key):
            if not await connection.has_unread():
                return connection
            await connection.aclose()
        return None

    async def aclose(self) -> None:
        """Close the connections that are idle, and keep no others. Calls under way are finished."""
        self.closed = True
        try:
            while connection := self._idle.take_any():
                await connection.aclose()
        except asyncio.CancelledError:
            await self.aclose()  # the others are closed all the same
            raise

    def abort(self) -> None:
        """Close the connections that are idle, and wait for nothing; see `aclose`."""
        self.closed = True
        while connection := self._idle.take_any():
            connection.abort()


async def _receive(stream: AsyncIterable[bytes], body: Body) -> None:
    async for chunk in stream:
        more = body.take(chunk)
        del chunk
        if not more:
            return
