"""The connections of a client that are idle, and what a connection is.

httpcore's own pools are not used. A task that is cancelled while it waits in one leaves its place taken for good, and a
native cancel gets past the shield in its clean-up; and it looks at every connection and every waiting request whenever
one comes or goes, so that a burst of logins costs by the square of its size.
"""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import Generic, TypeVar

from . import limits
from .uncopied import Uncopied


class AnyConnection(Uncopied):
    """A connection to the service, made when something is to be sent over it.

    Attributes:
        reusable: whether the last exchange left it fit for another one.
        used: when it was put aside, in seconds of `time.monotonic`.
    """

    __slots__ = ("reusable", "used")

    def __init__(self) -> None:
        self.reusable = False
        self.used = 0.0

    def has_expired(self) -> bool:
        """Return whether something arrived on it while it was idle, its end for one."""
        raise NotImplementedError


Connection = TypeVar("Connection", bound=AnyConnection)


class Idle(Generic[Connection]):
    """Idle connections, the one that was used last at the end.

    Safe to share between threads, and without a lock, which a fork may leave locked: each step on a deque is whole.
    """

    def __init__(self) -> None:
        self._connections: deque[Connection] = deque()

    def take(self) -> Connection | None:
        """Take the connection that was used last, if there is one."""
        try:
            return self._connections.pop()
        except IndexError:
            return None

    def take_stale(self) -> Connection | None:
        """Take a connection that was idle for too long, if there is one: to be closed."""
        try:
            oldest = self._connections.popleft()
        except IndexError:
            return None
        if oldest.used + limits.IDLE_SECONDS < monotonic():
            return oldest
        self._connections.appendleft(oldest)
        return None

    def put(self, connection: Connection) -> None:
        """Put a connection aside."""
        connection.used = monotonic()
        self._connections.append(connection)
