"""The pools of both engines: a number of places, each with one connection; whoever finds none free waits.

httpcore's own pools are not used. A task that is cancelled while it waits in one leaves its place taken for good, and a
native cancel gets past the shield in its clean-up; and it looks at every connection and every waiting request whenever
one comes or goes, so that a burst of logins costs by the square of its size.
"""

from __future__ import annotations

import threading
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

from . import limits

if TYPE_CHECKING:
    import httpcore

    from .wire_async import AsyncWire
    from .wire_sync import Wire

AnyConnection = TypeVar("AnyConnection", "httpcore.ConnectionInterface", "httpcore.AsyncConnectionInterface")
AnyWire = TypeVar("AnyWire", "Wire", "AsyncWire")


class Place(Generic[AnyConnection, AnyWire]):
    """One connection, and the wire that it goes over."""

    __slots__ = ("connection", "used", "wire")

    def __init__(self, connection: AnyConnection, wire: AnyWire) -> None:
        self.connection: AnyConnection = connection
        self.wire: AnyWire = wire
        self.used = 0.0

    def is_stale(self) -> bool:
        """Return whether it was idle for too long."""
        return self.used + limits.IDLE_SECONDS < monotonic()


SyncPlace = Place["httpcore.ConnectionInterface", "Wire"]
AsyncPlace = Place["httpcore.AsyncConnectionInterface", "AsyncWire"]
AnyPlace = TypeVar("AnyPlace", SyncPlace, AsyncPlace)


class Idle(Generic[AnyPlace]):
    """Idle places, the one that was used last at the end; safe to share between threads."""

    def __init__(self) -> None:
        self._places: deque[AnyPlace] = deque()
        self._lock = threading.Lock()

    def take(self) -> AnyPlace | None:
        """Take the place that was used last, if there is one."""
        with self._lock:
            return self._places.pop() if self._places else None

    def take_stale(self) -> AnyPlace | None:
        """Take a place that was idle for too long, if there is one: to be closed."""
        with self._lock:
            return self._places.popleft() if self._places and self._places[0].is_stale() else None

    def put(self, place: AnyPlace) -> None:
        """Give a place back."""
        place.used = monotonic()
        with self._lock:
            self._places.append(place)
