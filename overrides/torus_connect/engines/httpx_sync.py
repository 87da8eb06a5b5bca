"""The default engine for threads, on the transport layer of httpx; see `route`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from .httpx_attempt import Attempt
from .instrumented import handle_request
from .leftovers import holds_more
from .quiet import hush, quiet
from .route import Route
from .threads import Connection, ThreadsEngine
from .wire_sync import Wire

if TYPE_CHECKING:
    from collections.abc import Iterable

    import httpcore

    from torus_connect.network import Network
    from torus_connect.reply import Body


class HttpxEngine(ThreadsEngine[Attempt]):
    """Sends from threads; see `Engine`."""

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        super().__init__(Attempt, connect_timeout)
        hush()
        self._route = Route(network)

    def _connection(self) -> HttpxConnection:
        return HttpxConnection(self._route)


class HttpxConnection(Connection[Attempt]):
    """A connection of httpcore, and the wire that it goes over."""

    __slots__ = ("_connection", "_route", "_wire")

    def __init__(self, route: Route) -> None:
        self._wire = Wire(route.layers)
        super().__init__()
        self._route = route
        self._connection: httpcore.ConnectionInterface | None = None

    def exchange(self, attempt: Attempt) -> None:
        """Send a request, and read its reply into the attempt."""
        self.reusable = False
        self._wire.progress = attempt.progress
        ours = quiet.set(True)
        try:
            connection = self._connection = self._connection or self._route.connection(
                attempt.request.url.origin, self._wire
            )
            attempt.response = handle_request(connection, attempt.request)
            attempt.head()
            _receive(cast("Iterable[bytes]", attempt.response.stream), attempt.body)
            more = holds_more(connection)
            attempt.response.close()
            self.reusable = connection.is_idle() and not more and not self._wire.broken
        finally:
            quiet.reset(ours)

    def has_expired(self) -> bool:
        """Return whether something arrived on it while it was idle, its end for one."""
        return self._connection is None or self._connection.has_expired()

    def close(self) -> None:
        """Close it, at whatever step it is."""
        self._wire.close()


def _receive(stream: Iterable[bytes], body: Body) -> None:
    for chunk in stream:
        more = body.take(chunk)
        # A chunk may hold an access token: it must not be a local variable when the next read fails.
        del chunk
        if not more:
            return
