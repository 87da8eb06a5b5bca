"""The engine of the extra `fast` for tasks, on pyreqwest; see `pyreqwest_sync`."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, cast

from pyreqwest.client import ClientBuilder

from torus_connect.reply import Reply

from . import limits
from .free_places import FreePlaces
from .pyreqwest_attempt import Attempt, Forms
from .pyreqwest_client import configured, leave_at_exit

if TYPE_CHECKING:
    from torus_connect.errors import TorusError
    from torus_connect.exchange import WireRequest
    from torus_connect.network import Network


class AsyncPyreqwestEngine:
    """Sends from tasks; see `AsyncEngine`.

    Raises:
        Exception: pyreqwest cannot be used here; in whichever way it says so.
    """

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        leave_at_exit()
        self._client = configured(ClientBuilder(), network, connect_timeout=connect_timeout).build()
        self._forms = Forms()
        # The library has a limit of its own; a task that is cancelled while it waits there may be sent all the same.
        self._places = FreePlaces(limits.MAX_CONNECTIONS)

    async def send(self, request: WireRequest, seconds: float) -> Reply:
        """Send a request once and return its reply."""
        attempt, end = Attempt(request), monotonic() + seconds
        try:
            await self._places.take(seconds)
            try:
                outcome = await self._outcome(attempt, end - monotonic())
            finally:
                attempt.withdraw()  # where it was cancelled
                self._places.give_back()
        except limits.NoPlace as exc:
            outcome = attempt.failure(exc)
        if isinstance(outcome, Reply):
            return outcome
        raise outcome

    async def _outcome(self, attempt: Attempt, seconds: float) -> Reply | TorusError:
        if seconds <= 0:  # the library would send all the same
            return attempt.failure(TimeoutError())
        cancellation = _Cancellation()
        attempt.prepare(self._client, self._forms, seconds)
        outcome = await _outcome(attempt, cancellation)
        cancellation.heed()
        return outcome

    async def aclose(self) -> None:
        """Close the pool."""
        client = self._client
        del self._client  # its connections end with it
        await client.close()


async def _outcome(attempt: Attempt, cancellation: _Cancellation) -> Reply | TorusError:
    try:
        await _exchange(attempt, cancellation)
    except Exception as exc:  # noqa: BLE001 - see pyreqwest_sync
        return attempt.failure(exc)
    return attempt.outcome()


async def _exchange(attempt: Attempt, cancellation: _Cancellation) -> None:
    async with attempt.sendable as response:
        cancellation.heed()
        if not attempt.head(response):
            return
        reader = response.body_reader
        while (chunk := await reader.read_chunk()) is not None:
            more = attempt.body.take(chunk.to_bytes())
            del chunk
            cancellation.heed()
            if not more:
                return


class _Cancellation:
    """Whether the running task was cancelled since: the library forgets that where its own work ends just then."""

    __slots__ = ("_before", "_task")

    def __init__(self) -> None:
        self._task = cast("asyncio.Task[object]", asyncio.current_task())
        self._before = self._task.cancelling()

    def heed(self) -> None:
        """Raise what the library should have raised."""
        if self._task.cancelling() > self._before:
            raise asyncio.CancelledError
