"""The pool of the asynchronous engine: a number of places, each with a transport that has one connection.

httpcore's own pool is not used for more than one. A task that is cancelled while it waits there leaves its place taken
for good, and a native cancel gets past the shield in its clean-up; and it looks at every connection and every waiting
request whenever one comes or goes, so that a burst of logins costs by the square of its size.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING

import httpx

from .transport import IDLE_SECONDS, MAX_CONNECTIONS, transport_options

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from torus_connect.network import Network


class Places:
    """Transports for the tasks of one event loop, the one that was used last first; the next task waits."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._context = network.tls_context()
        self._free = asyncio.Semaphore(MAX_CONNECTIONS)
        self._idle: deque[tuple[float, httpx.AsyncHTTPTransport]] = deque()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[httpx.AsyncHTTPTransport]:
        """Lend a transport for one exchange; one whose exchange did not end well is closed."""
        async with self._free:
            await self._drop_expired()
            transport = self._idle.pop()[1] if self._idle else self._new_transport()
            try:
                yield transport
            except BaseException:
                await transport.aclose()
                raise
            self._idle.append((monotonic(), transport))

    def _new_transport(self) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(**transport_options(self._network, self._context, connections=1))

    async def _drop_expired(self) -> None:
        # One at a time, out of the queue before anything is awaited: whoever is cancelled here loses none.
        while self._idle and self._idle[0][0] + IDLE_SECONDS < monotonic():
            await self._idle.popleft()[1].aclose()

    async def aclose(self) -> None:
        """Close the connections that are idle."""
        try:
            while self._idle:
                await self._idle.pop()[1].aclose()
        finally:
            if self._idle:  # cancelled: the others are closed all the same
                await self.aclose()
