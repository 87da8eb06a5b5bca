"""The engine for threads: a number of places, each with one connection; whoever finds none free waits."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

from . import limits
from .attempt import Attempt
from .backend_sync import Wire
from .connection import AnyConnection, Idle, seconds_to_be_idle
from .instrumentation import handle_request
from .log_redaction import hush, quiet
from .non_copyable import Uncopied
from .pool_slots_sync import Place, Places
from .route import Route

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    import httpcore

    from torus_connect._calls.request import HTTPRequest
    from torus_connect._transport.network import Network
    from torus_connect.reply import Body, Reply


class Connection(AnyConnection):
    """A connection that threads take, one at a time: one of httpcore, and the wire that it goes over."""

    __slots__ = ("_connection", "_route", "_wire")

    def __init__(self, route: Route, key: Hashable) -> None:
        self._wire = Wire(route.layers, route.sessions)
        super().__init__(key)
        self._route = route
        self._connection: httpcore.ConnectionInterface | None = None

    def exchange(self, attempt: Attempt) -> None:
        """Send a request, and read its reply into the attempt."""
        self.idle_seconds = 0
        self._wire.progress = attempt.progress
        ours = quiet.set(True)
        try:
            connection = self._connection = self._connection or self._route.connection(
                attempt.request.url.origin, self._wire
            )
            attempt.response = handle_request(connection, attempt.request)
            attempt.head()
            _receive(cast("Iterable[bytes]", attempt.response.stream), attempt.body)
            self._wire.tls.keep_sessions()
            attempt.response.close()
            self.idle_seconds = 0 if self._wire.broken else seconds_to_be_idle(connection, attempt)
        finally:
            quiet.reset(ours)

    def has_unread(self) -> bool:
        """Return whether something arrived on it while it was idle, its end for one."""
        return self._wire.has_unread()

    def close(self) -> None:
        """Close it, at whatever step it is."""
        self._wire.close()

    def __del__(self) -> None:
        # For whoever neither closes his client nor uses `with`, and where a signal interrupts: Python warns of sockets
        # that are left open. One that a signal interrupted in the making has none.
        with suppress(AttributeError):
            self.close()


class Engine(Uncopied):
    """Sends requests from any number of threads.

    Attributes:
        closed: whether connections are kept no more.
    """

    def __init__(self, network: Network, *, connect_timeout: float) -> None:
        self.closed = False
        self._connect_timeout = connect_timeout
        self._places = Places(limits.MAX_CONNECTIONS)
        self._idle: Idle[Connection] = Idle()
        hush()
        self._route = Route(network)

    def send(self, request: HTTPRequest, seconds: float) -> Reply:
        """Send a request once and return its reply.

        Args:
            request: what to send.
            seconds: how long it may take, to the last byte of the reply.

        Raises:
            ConnectionFailed: the request was not sent.
            ReplyLost: the request was sent, at least in part, and no whole reply came.
        """
        attempt = Attempt(request, seconds, self._connect_timeout, self._route.proxy_address)
        try:
            self._exchange(attempt)
        except Exception as exc:  # noqa: BLE001 - whatever fails in there, the phase decides what it means
            failure = attempt.failure(exc)
        else:
            return attempt.reply()
        # Raised out here, so that no exception of a library, which may hold the request, is its context.
        raise failure

    def _exchange(self, attempt: Attempt) -> None:
        place = Place(self._places)
        with place, place:
            place.take(attempt.progress.left())
            connection = self._idle_one(attempt.key) or Connection(self._route, attempt.key)
            try:
                connection.exchange(attempt)
            except BaseException:
                connection.close()
                raise
            if connection.idle_seconds:
                self._idle.put(connection)
                if self.closed:
                    self.close()
            else:
                connection.close()

    def _idle_one(self, key: Hashable) -> Connection | None:
        while stale := self._idle.take_stale():
            stale.close()
        while connection := self._idle.take(key):
            if not connection.has_unread():
                return connection
            connection.close()
        return None

    def close(self) -> None:
        """Close the connections that are idle, and keep no others. Calls under way are finished."""
        self.closed = True
        while connection := self._idle.take_any():
            connection.close()


def _receive(stream: Iterable[bytes], body: Body) -> None:
    for chunk in stream:
        more = body.take(chunk)
        # A chunk may hold an access token: it must not be a local variable when the next read fails.
        del chunk
        if not more:
            return
