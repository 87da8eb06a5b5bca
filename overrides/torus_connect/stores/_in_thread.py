"""A sync store as an async one: its calls are made in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from torus_connect._transport.event_loop import running_loop
from torus_connect.secret import half_built_too

from ._protocol import Lease, SessionKey, SessionStore

T = TypeVar("T")


async def shielded(awaitable: Awaitable[T]) -> T:
    """Wait for all of it; a task that is cancelled meanwhile is cancelled after that."""
    work = asyncio.ensure_future(awaitable)
    cancelled = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as exc:
            cancelled = exc
    if cancelled is not None:
        if not work.cancelled():
            work.exception()  # what it raised is nobody's any more
        raise cancelled
    return work.result()


async def in_thread(function: Callable[..., T], *args: object) -> T:
    """Call in a thread, to the end: the next call, the release of a lock for one, must not meet it half done."""
    # No task of its own: the end of an event loop cancels all tasks, and would not wait for the thread.
    return await shielded(running_loop().run_in_executor(None, function, *args))


class StoreInThread:
    """A sync store as an async one: see `AsyncSessionStore`."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self.load = partial(in_thread, store.load)
        self.save = partial(in_thread, store.save)
        self.delete = partial(in_thread, store.delete)
        self.aclose = partial(in_thread, store.close)

    def lease(self, key: SessionKey) -> _LeaseInThread:
        """See `AsyncSessionStore`."""
        return _LeaseInThread(self._store.lease(key))

    @half_built_too
    def __repr__(self) -> str:
        return repr(self._store)


class _LeaseInThread:
    """A sync lease as an async one: see `AsyncLease`."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self.acquire = partial(in_thread, lease.acquire)
        self.check = partial(in_thread, lease.check)
        self.begin = partial(in_thread, lease.begin)
        self.save = partial(in_thread, lease.save)
        self.settle = partial(in_thread, lease.settle)
        self.release = partial(in_thread, lease.release)

    @property
    def unfinished(self) -> bool:
        """See `AsyncLease`."""
        return self._lease.unfinished
