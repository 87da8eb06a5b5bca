"""An engine for tasks: a number of places, each with one connection; whoever finds none free waits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

from . import limits
from .attempt import Attempt
from .idle import AnyConnection, Idle
from .places_async import AsyncPlaces
from .uncopied import Uncopied

if TYPE_CHECKING:
    from collections.abc import Callable

    from torus_connect.exchange import WireRequest
    from torus_connect.reply import Reply

AnyAttempt = TypeVar("AnyAttempt", bound=Attempt)


class AsyncConnection(AnyConnection, Generic[AnyAttempt]):
    """A connection that tasks take, one at a time."""

    __slots__ = ()

    async def exchange(self, attempt: AnyAttempt) -> None:
        """Send a request, and read its reply into the attempt."""
        raise NotImplementedError

    def abort(self) -> None:
        """Have it closed, at whatever step it is."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Have it closed, and wait for that."""
        raise NotImplementedError


class TasksEngine(Uncopied, Generic[AnyAttempt]):
    """Sends from tasks; see `AsyncEngine`, and `threads`."""

    def __init__(self, new_attempt: Callable[[WireRequest, float, float], AnyAttempt], connect_timeout: float) -> None:
        self._new_attempt = new_attempt
        self._connect_timeout = connect_timeout
        self._places = AsyncPlaces(limits.MAX_CONNECTIONS)
        self._idle: Idle[AsyncConnection[AnyAttempt]] = Idle()

    def _connection(self) -> AsyncConnection[AnyAttempt]:
        raise NotImplementedError

    async def send(self, request: WireRequest, seconds: float) -> Reply:
        """Send a request once and return its reply."""
        attempt = self._new_attempt(request, seconds, self._connect_timeout)
        try:
            await self._places.take(seconds)
            try:
                async with asyncio.timeout(attempt.progress.left()):
                    await self._exchange(attempt)
            finally:
                self._places.give_back()
        except Exception as exc:  # noqa: BLE001 - see `threads`
            failure = attempt.failure(exc)
        else:
            return attempt.reply()
        raise failure

    async def _exchange(self, attempt: AnyAttempt) -> None:
        connection = await self._idle_one() or self._connection()
        try:
            await connection.exchange(attempt)
        except GeneratorExit:  # the coroutine is closed, and may not wait any more
            connection.abort()
            raise
        except BaseException:
            await connection.aclose()
            raise
        if connection.reusable:
            self._idle.put(connection)
        else:
            await connection.aclose()

    async def _idle_one(self) -> AsyncConnection[AnyAttempt] | None:
        # One at a time, out of the queue before anything is awaited: whoever is cancelled here loses none.
        while stale := self._idle.take_stale():
            await stale.aclose()
        while connection := self._idle.take():
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return None

    async def aclose(self) -> None:
        """Close the connections that are idle."""
        try:
            while connection := self._idle.take():
                await connection.aclose()
        except asyncio.CancelledError:
            await self.aclose()  # the others are closed all the same
            raise
