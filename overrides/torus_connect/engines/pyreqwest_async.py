"""The engine of the extra `fast` for tasks, on pyreqwest; see `pyreqwest_sync`."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from pyreqwest.client import ClientBuilder

from torus_connect.errors import ConnectionFailed

from .limits import MAX_CONNECTIONS
from .pyreqwest_attempt import Attempt, no_host
from .pyreqwest_client import configured

if TYPE_CHECKING:
    from pyreqwest.request import StreamRequest

    from torus_connect.exchange import WireRequest
    from torus_connect.network import Network
    from torus_connect.reply import Reply


class AsyncPyreqwestEngine:
    """Sends from tasks; see `AsyncEngine`.

    Raises:
        Exception: pyreqwest cannot be used here; in whichever way it says so.
    """

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        self._client = configured(ClientBuilder(), network, connect_timeout=connect_timeout).build()
        # The library has a limit of its own; a task that is cancelled while it waits there may be sent all the same.
        self._places = asyncio.Semaphore(MAX_CONNECTIONS)

    async def send(self, request: WireRequest, seconds: float) -> Reply:
        """Send a request once and return its reply."""
        end = monotonic() + seconds
        await self._take_place(seconds)
        attempt = Attempt(request)
        try:
            await _exchange(attempt, self._built(attempt, request, end - monotonic()))
        except Exception as exc:  # noqa: BLE001 - see pyreqwest_sync
            failure = attempt.failure(exc)
        else:
            return attempt.reply()
        finally:
            attempt.withdraw()
            self._places.release()
        raise failure

    async def _take_place(self, seconds: float) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(seconds):
                await self._places.acquire()
        except TimeoutError:
            pass
        else:
            return
        raise ConnectionFailed("The request was not sent: no connection of the pool came free in time")

    def _built(self, attempt: Attempt, request: WireRequest, seconds: float) -> StreamRequest:
        try:
            builder = self._client.request(request.method, request.url)
        except ValueError:
            raise no_host() from None
        return attempt.fill(builder, seconds).build_streamed()

    async def aclose(self) -> None:
        """Close the pool."""
        await self._client.close()


async def _exchange(attempt: Attempt, request: StreamRequest) -> None:
    async with request as response:
        attempt.head(response)
        reader = response.body_reader
        while (chunk := await reader.read_chunk()) is not None:
            more = attempt.body.take(chunk.to_bytes())
            del chunk
            if not more:
                return
