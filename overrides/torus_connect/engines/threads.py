"""An engine for threads: a number of places, each with one connection; whoever finds none free waits."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from . import limits
from .attempt import Attempt
from .idle import AnyConnection, Idle
from .places_sync import Places
from .uncopied import Uncopied

if TYPE_CHECKING:
    from collections.abc import Callable

    from torus_connect.exchange import WireRequest
    from torus_connect.reply import Reply

AnyAttempt = TypeVar("AnyAttempt", bound=Attempt)


class Connection(AnyConnection, Generic[AnyAttempt]):
    """A connection that threads take, one at a time."""

    __slots__ = ()

    def exchange(self, attempt: AnyAttempt) -> None:
        """Send a request, and read its reply into the attempt."""
        raise NotImplementedError

    def close(self) -> None:
        """Close it, at whatever step it is."""
        raise NotImplementedError

    def __del__(self) -> None:
        # For whoever neither closes his client nor uses `with`, and where a signal interrupts: Python warns of sockets
        # that are left open. One that a signal interrupted in the making has none.
        with suppress(AttributeError):
            self.close()


class ThreadsEngine(Uncopied, Generic[AnyAttempt]):
    """Sends from threads; see `Engine`. What is sent, and over what, is each engine's own."""

    def __init__(self, new_attempt: Callable[[WireRequest, float, float], AnyAttempt], connect_timeout: float) -> None:
        self._new_attempt = new_attempt
        self._connect_timeout = connect_timeout
        self._places = Places(limits.MAX_CONNECTIONS)
        self._idle: Idle[Connection[AnyAttempt]] = Idle()

    def _connection(self) -> Connection[AnyAttempt]:
        raise NotImplementedError

    def send(self, request: WireRequest, seconds: float) -> Reply:
        """Send a request once and return its reply."""
        attempt = self._new_attempt(request, seconds, self._connect_timeout)
        try:
            self._exchange(attempt)
        except Exception as exc:  # noqa: BLE001 - whatever fails in there, the phase decides what it means
            failure = attempt.failure(exc)
        else:
            return attempt.reply()
        # Raised out here, so that no exception of a library, which may hold the request, is its context.
        raise failure

    def _exchange(self, attempt: AnyAttempt) -> None:
        try:
            self._places.take(attempt, attempt.progress.left())
            connection = self._idle_one() or self._connection()
            try:
                connection.exchange(attempt)
            except BaseException:
                connection.close()
                raise
            if connection.reusable:
                self._idle.put(connection)
            else:
                connection.close()
        finally:
            try:
                self._places.give_back(attempt)
            except BaseException:  # a signal interrupted it
                self._places.give_back(attempt)
                raise

    def _idle_one(self) -> Connection[AnyAttempt] | None:
        while stale := self._idle.take_stale():
            stale.close()
        while connection := self._idle.take():
            if not connection.has_expired():
                return connection
            connection.close()
        return None

    def close(self) -> None:
        """Close the connections that are idle."""
        while connection := self._idle.take():
            connection.close()
