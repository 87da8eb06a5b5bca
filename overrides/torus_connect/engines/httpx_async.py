"""The default engine for tasks; see `httpx_sync`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from . import limits
from .attempt import Attempt
from .free_places import FreePlaces
from .instrumented import handle_async_request
from .leftovers import holds_more
from .places import Idle, Place
from .quiet import hush, quiet
from .route import Route
from .wire_async import AsyncWire

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    import httpcore

    from torus_connect.exchange import WireRequest
    from torus_connect.network import Network
    from torus_connect.reply import Body, Reply

    from .places import AsyncPlace


class AsyncHttpxEngine:
    """Sends from tasks; see `AsyncEngine`."""

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        hush()
        self._connect_timeout = connect_timeout
        self._route = Route(network)
        self._free = FreePlaces(limits.MAX_CONNECTIONS)
        self._idle: Idle[AsyncPlace] = Idle()

    async def send(self, request: WireRequest, seconds: float) -> Reply:
        """Send a request once and return its reply."""
        attempt = Attempt(request, seconds, self._connect_timeout)
        ours = quiet.set(True)
        try:
            await self._free.take(seconds)
            try:
                async with asyncio.timeout(attempt.progress.left()):
                    await self._exchange(attempt)
            finally:
                self._free.give_back()
        except Exception as exc:  # noqa: BLE001 - see httpx_sync
            failure = attempt.failure(exc)
        else:
            return attempt.reply()
        finally:
            quiet.reset(ours)
        raise failure

    async def _exchange(self, attempt: Attempt) -> None:
        place = await self._place(attempt.request.url.origin)
        try:
            place.wire.progress = attempt.progress
            attempt.response = await handle_async_request(place.connection, attempt.request)
            attempt.head()
            await _receive(cast("AsyncIterable[bytes]", attempt.response.stream), attempt.body)
            more = holds_more(place.connection)
            await attempt.response.aclose()
        except BaseException:
            await place.wire.aclose()
            raise
        if place.connection.is_idle() and not more:
            self._idle.put(place)
        else:
            await place.wire.aclose()

    async def _place(self, origin: httpcore.Origin) -> AsyncPlace:
        # One at a time, out of the queue before anything is awaited: whoever is cancelled here loses none.
        while stale := self._idle.take_stale():
            await stale.wire.aclose()
        while place := self._idle.take():
            if not place.connection.has_expired():
                return place
            await place.wire.aclose()
        wire = AsyncWire(self._route.layers)
        return Place(self._route.async_connection(origin, wire), wire)

    async def aclose(self) -> None:
        """Close the connections that are idle."""
        try:
            while place := self._idle.take():
                await place.wire.aclose()
        except asyncio.CancelledError:
            await self.aclose()  # the others are closed all the same
            raise


async def _receive(stream: AsyncIterable[bytes], body: Body) -> None:
    async for chunk in stream:
        more = body.take(chunk)
        del chunk
        if not more:
            return
