"""What is to happen to a sandbox later. It happens with the first request after its time: no thread waits for it."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp, Receive, Scope, Send


class CatchUp:
    """An application that does what is due before each request. A class: monitoring libraries wrap `__call__` of it."""

    def __init__(self, app: ASGIApp, timeline: Timeline) -> None:
        self._app = app
        self._timeline = timeline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        self._timeline.catch_up()
        await self._app(scope, receive, send)


class Timeline:
    """Acts, and when each is due. Safe to share between threads.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._acts: list[tuple[float, Callable[[], None]]] = []

    def add(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something so many seconds from now."""
        with self._lock:
            self._acts.append((self._clock() + seconds, act))
            self._acts.sort(key=lambda each: each[0])

    def catch_up(self) -> None:
        """Do what is due, in its order."""
        with self._lock:
            now = self._clock()
            due = [act for at, act in self._acts if at <= now]
            self._acts = self._acts[len(due) :]
        for act in due:
            act()

    def reset(self) -> None:
        """Forget what was to happen."""
        with self._lock:
            self._acts = []

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo at the end of the block what was added, done and forgotten in it."""
        before = self._acts[:]
        yield
        with self._lock:
            self._acts = before
