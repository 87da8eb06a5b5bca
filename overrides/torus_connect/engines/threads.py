"""An engine for threads: a number of places, each with one connection; whoever finds none free waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from . import limits
from .attempt import Attempt
from .idle import Idle
from .places_sync import Places
from .uncopied import Uncopied

if TYPE_CHECKING:
    from typing import Protocol

    from torus_connect.exchange import WireRequest
    from torus_connect.reply import Reply

    from .idle import AnyConnection

    Sent_contra = TypeVar("Sent_contra", contravariant=True)

    class Connection(AnyConnection, Protocol[Sent_contra]):
        """A connection that threads take, one at a time."""

        def exchange(self, attempt: Sent_contra) -> None:
            """Send a request, and read its reply into the attempt."""
            ...

        def close(self) -> None:
            """Close it, at whatever step it is."""
            ...


AnyAttempt = TypeVar("AnyAttempt", bound=Attempt)


class ThreadsEngine(Uncopied, Generic[AnyAttempt]):
    """Sends from threads; see `Engine`. What is sent, and over what, is each engine's own."""

    def __init__(self, connect_timeout: float) -> None:
        self._connect_timeout = connect_timeout
        self._places = Places(limits.MAX_CONNECTIONS)
        self._idle: Idle[Connection[AnyAttempt]] = Idle()

    def _attempt(self, request: WireRequest, seconds: float) -> AnyAttempt:
        raise NotImplementedError

    def _connection(self) -> Connection[AnyAttempt]:
        raise NotImplementedError

    def send(self, request: WireRequest, seconds: float) -> Reply:
        """Send a request once and return its reply."""
        attempt = self._attempt(request, seconds)
        try:
            self._exchange(attempt)
        except Exception as exc:  # noqa: BLE001 - whatever fails in there, the phase decides what it means
            failure = attempt.failure(exc)
        else:
            return attempt.reply()
        # Raised out here, so that no exception of a library, which may hold the request, is its context.
        raise failure

    def _exchange(self, attempt: AnyAttempt) -> None:
        self._places.take(attempt.progress.left())
        try:
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
            self._places.give_back()

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

    def __del__(self) -> None:
        # For whoever neither closes his client nor uses `with`: Python warns of sockets that are left open.
        self.close()
