"""The default engine for tasks, on httpx's asynchronous transport; see `httpx_sync`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import httpx

from .attempt import Attempt
from .leftovers import holds_more
from .places import Places
from .quiet import hush, quiet

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from torus_connect.exchange import WireRequest
    from torus_connect.network import Network
    from torus_connect.reply import Body, Reply


class AsyncHttpxEngine:
    """Sends from tasks; see `AsyncEngine`."""

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        hush()
        self._connect_timeout = connect_timeout
        self._places = Places(network)

    async def send(self, request: WireRequest, seconds: float) -> Reply:
        """Send a request once and return its reply."""
        attempt = Attempt(request, {"connect": min(seconds, self._connect_timeout)})

        async def trace(event: str, info: dict[str, object]) -> None:
            attempt.trace(event, info)

        attempt.request.extensions["trace"] = trace
        ours = quiet.set(True)
        waits = True
        try:
            async with asyncio.timeout(seconds), self._places.place() as transport:
                waits = False
                await _exchange(attempt, transport)
        except Exception as exc:  # noqa: BLE001 - see httpx_sync
            late = waits and isinstance(exc, TimeoutError)
            failure = attempt.failure(httpx.PoolTimeout("") if late else exc)
        else:
            return attempt.reply()
        finally:
            quiet.reset(ours)
            # httpcore forgets a connection that is cancelled in its TLS handshake.
            if attempt.half_open:
                await attempt.half_open.aclose()
        raise failure

    async def aclose(self) -> None:
        """Close the pool."""
        await self._places.aclose()


async def _exchange(attempt: Attempt, transport: httpx.AsyncHTTPTransport) -> None:
    attempt.response = await transport.handle_async_request(attempt.request)
    try:
        attempt.head()
        await _receive(cast("AsyncIterable[bytes]", attempt.response.stream), attempt.body)
        if holds_more(attempt.response):
            await attempt.response.extensions["network_stream"].aclose()
    finally:
        await attempt.response.aclose()


async def _receive(stream: AsyncIterable[bytes], body: Body) -> None:
    async for chunk in stream:
        more = body.take(chunk)
        del chunk
        if not more:
            return
