"""A sync store as an async one: its calls are made in threads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from torus_connect._transport.event_loop import running_loop
from torus_connect.secret import half_built_too

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from torus_connect._credentials.session import Session

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
    """A sync store as an async one."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store

    async def load(self, key: SessionKey) -> Session | None:
        """See `AsyncSessionStore`."""
        return await in_thread(self._store.load, key)

    async def save(self, key: SessionKey, session: Session) -> None:
        """See `AsyncSessionStore`."""
        await in_thread(self._store.save, key, session)

    async def delete(self, key: SessionKey) -> None:
        """See `AsyncSessionStore`."""
        await in_thread(self._store.delete, key)

    def lease(self, key: SessionKey) -> _LeaseInThread:
        """See `AsyncSessionStore`."""
        return _LeaseInThread(self._store.lease(key))

    async def aclose(self) -> None:
        """See `AsyncSessionStore`."""
        await in_thread(self._store.close)

    @half_built_too
    def __repr__(self) -> str:
        return repr(self._store)


class _LeaseInThread:
    """A sync lease as an async one."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease

    @property
    def unfinished(self) -> bool:
        """See `AsyncLease`."""
        return self._lease.unfinished

    async def acquire(self) -> bool:
        """See `AsyncLease`."""
        return await in_thread(self._lease.acquire)

    async def check(self) -> None:
        """See `AsyncLease`."""
        await in_thread(self._lease.check)

    async def begin(self) -> None:
        """See `AsyncLease`."""
        await in_thread(self._lease.begin)

    async def save(self, session: Session) -> None:
        """See `AsyncLease`."""
        await in_thread(self._lease.save, session)

    async def settle(self) -> None:
        """See `AsyncLease`."""
        await in_thread(self._lease.settle)

    async def release(self) -> None:
        """See `AsyncLease`."""
        await in_thread(self._lease.release)
