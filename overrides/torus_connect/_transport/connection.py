"""The connections of a client that are idle, and what a connection is.

httpcore's own pools are not used. A task that is cancelled while it waits in one leaves its place taken for good, and a
native cancel gets past the shield in its clean-up; it looks at every connection and every waiting request whenever one
comes or goes, so that a burst of logins costs by the square of its size; and it knows no users.
"""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from . import limits
from .non_copyable import Uncopied

if TYPE_CHECKING:
    from collections.abc import Hashable

    import httpcore

    from .attempt import Attempt


class AnyConnection(Uncopied):
    """A connection to the service, made when something is to be sent over it.

    Args:
        key: whose requests it carries; see `HTTPRequest`.

    Attributes:
        idle_seconds: how long it may be idle after the last exchange; 0 where it is not fit for another one.
    """

    __slots__ = ("idle_seconds", "key")

    def __init__(self, key: Hashable) -> None:
        self.key = key
        self.idle_seconds = 0.0


Connection = TypeVar("Connection", bound=AnyConnection)


class Idle(Generic[Connection]):
    """Idle connections, the one that was used last at the end.

    Safe to share between threads, and without a lock, which a fork may leave locked: each step on a dict is whole.
    """

    def __init__(self) -> None:
        self._connections: dict[Connection, float] = {}  # and until when each is kept

    def take(self, key: Hashable) -> Connection | None:
        """Take the connection of this key that was used last, if there is one."""
        for connection in reversed(list(self._connections)):
            if connection.key == key and self._is_taken(connection):
                return connection
        return None

    def take_stale(self) -> Connection | None:
        """Take a connection that was idle for too long, or is one too many, if there is one: to be closed."""
        now, connections = monotonic(), list(self._connections.items())
        for number, (connection, end) in enumerate(connections):
            is_stale = end <= now or number < len(connections) - limits.MAX_CONNECTIONS
            if is_stale and self._is_taken(connection):
                return connection
        return None

    def take_any(self) -> Connection | None:
        """Take one of them, if there is one."""
        try:
            return self._connections.popitem()[0]
        except KeyError:
            return None

    def _is_taken(self, connection: Connection) -> bool:
        return self._connections.pop(connection, None) is not None

    def put(self, connection: Connection) -> None:
        """Put a connection aside."""
        self._connections[connection] = monotonic() + connection.idle_seconds


def seconds_to_be_idle(
    connection: httpcore.ConnectionInterface | httpcore.AsyncConnectionInterface, attempt: Attempt
) -> float:
    """Return how long a connection may be idle before it carries another request; 0 where it may not at all.

    A request must not meet a closing connection: the service says how long it waits, and a margin is taken off.
    """
    if not connection.is_idle() or _holds_more(connection):
        return 0
    said = re.findall(r"\btimeout\s*=\s*\"?(\d{1,9})", attempt.headers.get("Keep-Alive", ""), re.IGNORECASE)
    return max(0, min(map(int, said)) - limits.KEEP_ALIVE_MARGIN_SECONDS) if said else limits.IDLE_SECONDS


def _holds_more(connection: Any) -> bool:  # noqa: ANN401 - there is no public way
    """Return whether something is left behind a reply that was read to the end: it is nobody's answer.

    What has not been read from the network is looked for before the next request is sent. h11, the parser of httpcore,
    may have read more. Where it is not what it was, the answer is the safe one, and a test of keeping connections says
    so.
    """
    try:
        return bool(connection._connection._h11_state.trailing_data[0])  # noqa: SLF001
    except AttributeError:
        return True
