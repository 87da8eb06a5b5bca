"""The connections of a client to one server."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from . import limits
from .async_connection import AsyncConnection
from .async_io import AsyncSlot, AsyncSlots
from .attempt import Attempt
from .tls import TlsSessions

if TYPE_CHECKING:
    from torus_connect._calls.request import HTTPRequest
    from torus_connect.reply import Reply

    from .network import Network


class AsyncConnectionPool:
    """Sends requests from any number of tasks of one event loop.

    Attributes:
        closed: whether connections are closed after each request.
    """

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        self.closed = False
        self._proxy = network.proxy_address
        self._connect_timeout = connect_timeout
        self._new_connection = partial(AsyncConnection, network, network.tls_context(), TlsSessions())
        self._slots = AsyncSlots(limits.MAX_CONNECTIONS)
        self._most_idle = limits.most_idle()
        # Until when each may be idle, the one that was used last at the end. Each step on a dict is whole, so that
        # there is no lock, which a fork could leave locked.
        self._idle: dict[AsyncConnection, float] = {}

    async def send(self, request: HTTPRequest, seconds: float) -> Reply:
        """Send a request once and return its reply.

        Args:
            request: what to send.
            seconds: how long it may take, to the last byte of the reply.

        Raises:
            ConnectionFailed: the request was not sent.
            ReplyLost: the request was sent, at least in part, and no whole reply came.
        """
        attempt = Attempt(request, seconds, self._connect_timeout, self._proxy)
        slot = AsyncSlot(self._slots)
        try:
            with slot, slot:  # twice: see _ownership.py
                await slot.take(attempt.progress.left())
                await self._exchange(attempt)
        except Exception as exc:  # noqa: BLE001 - whatever fails in there, how far it came decides what it means
            failure = attempt.failure(exc)
        else:
            return attempt.reply()
        # Raised out here, so that no exception of a library, which may hold the request, is its context.
        raise failure

    async def _exchange(self, attempt: Attempt) -> None:
        connection = await self._taken(attempt) or self._new_connection(attempt.key)
        try:
            await connection.exchange(attempt)
        except BaseException:
            connection.abort()
            raise
        if not connection.idle_seconds:
            await connection.aclose()
            return
        self._idle[connection] = monotonic() + connection.idle_seconds
        if self.closed:
            self.close()
        await self._close_stale()

    async def _taken(self, attempt: Attempt) -> AsyncConnection | None:
        """Take the idle connection that was used last with the key of the attempt, if there is one."""
        for connection in reversed(list(self._idle)):
            if connection.key == attempt.key and (end := self._idle.pop(connection, 0)):
                try:
                    is_fit = end > monotonic() and not await connection.has_unread(attempt)
                except BaseException:
                    connection.abort()
                    raise
                if is_fit:
                    return connection
                await connection.aclose()
        return None

    async def _close_stale(self) -> None:
        """Close connections that were idle for too long, or are too many, beginning with the one used longest ago."""
        now, idle = monotonic(), list(self._idle.items())
        for left, (connection, end) in zip(range(len(idle), 0, -1), idle, strict=True):
            if end > now and left <= self._most_idle:
                return
            if self._idle.pop(connection, 0):
                await connection.aclose()

    def close(self) -> None:
        """Close the connections that are idle, and keep no others. Calls under way are finished."""
        self.closed = True
        with suppress(KeyError):
            while True:
                self._idle.popitem()[0].abort()
