"""One at a time, over threads and event loops alike: a task that waits for its turn holds up no event loop."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

from .errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager


class Turn:
    """The turn of one thread or task.

    Attributes:
        over: done when the next one may come.
        thread: the identity of the thread it was asked for in.
    """

    __slots__ = ("over", "thread")

    def __init__(self) -> None:
        self.over: Future[None] = Future()
        self.over.set_running_or_notify_cancel()  # so that a task which is cancelled cancels its own waiting only
        self.thread = threading.get_ident()


_within: ContextVar[tuple[Turn, ...]] = ContextVar("torus_connect_turns", default=())
"""The turns in which this code runs; tasks that are begun in one, and `asyncio.to_thread`, inherit it."""


class Turns:
    """Gives turns to threads and to tasks: `with turns.of_thread():`, `with await turns.of_task():`."""

    __slots__ = ("_lock", "_now", "_pid")

    def __init__(self) -> None:
        self._lock = threading.Lock()  # for an instant only: nothing is waited for while it is held
        self._now: Turn | None = None
        self._pid = os.getpid()

    def of_thread(self) -> AbstractContextManager[None]:
        """Wait in this thread; return the turn, to be entered at once.

        Raises:
            ConfigurationError: the turn that is under way waits for this thread.
        """
        mine = Turn()
        while other := self._other_than(mine):
            if other.thread == mine.thread:
                raise ConfigurationError(
                    "on_expired is at work in this thread, and this account call would wait for it forever: in an "
                    "event loop, use httpx.AsyncClient"
                )
            other.over.result()
        return self._held(mine)

    async def of_task(self) -> AbstractContextManager[None]:
        """Wait in this task; return the turn, to be entered at once.

        Raises:
            ConfigurationError: the turn that is under way waits for this task.
        """
        mine = Turn()
        while other := self._other_than(mine):
            await asyncio.wrap_future(other.over)
        return self._held(mine)

    def _other_than(self, mine: Turn) -> Turn | None:
        """Return whose turn it is; `None` where it is mine from now on."""
        with self._lock_here():
            if self._now is None:
                self._now = mine
                return None
            other = self._now
        if other in _within.get():
            raise ConfigurationError(
                "on_expired made an account call that needs the session it is to get: make it with the auth of another "
                "session, or not in there"
            )
        return other

    @contextmanager
    def _held(self, mine: Turn) -> Iterator[None]:
        # No asynchronous one, whose end is not heard of where a task is thrown away.
        before = _within.set((*_within.get(), mine))
        try:
            yield
        finally:
            with self._lock_here():
                self._now = None
            mine.over.set_result(None)
            with suppress(ValueError):  # a task that is thrown away ends in another context
                _within.reset(before)

    def _lock_here(self) -> threading.Lock:
        """Return the lock of this process: a fork copies locks and turns, but not the threads that would end them."""
        if self._pid != os.getpid():
            self._lock, self._pid = threading.Lock(), os.getpid()
            if self._now not in _within.get():  # else `on_expired` itself forked, and goes on here
                self._now = None
        return self._lock
