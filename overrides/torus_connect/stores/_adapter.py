"""A sync store in the shape of an async one: `get_or_create_session` is written once, with `await`, for both."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from torus_connect._transport.event_loop import running_loop
from torus_connect.secret import half_built_too

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from torus_connect._credentials.session import Session

    from ._protocol import Lease, SessionKey, SessionStore

P = ParamSpec("P")
T = TypeVar("T")


class Run(Protocol):
    """Where a short call is made."""

    async def __call__(self, function: Callable[P, T], /, *args: P.args, **options: P.kwargs) -> T:
        """Return what the function returns."""
        ...


async def inline(function: Callable[P, T], /, *args: P.args, **options: P.kwargs) -> T:
    """Call here and now: a coroutine of such calls never waits, and `finish` runs it."""
    return function(*args, **options)


async def in_thread(function: Callable[P, T], /, *args: P.args, **options: P.kwargs) -> T:
    """Call in a thread, to the end: a task that is cancelled meanwhile is cancelled when the call has ended.

    Otherwise the next call, the release of a lock for one, would meet it half done.
    """
    # No task of its own: the end of an event loop cancels all tasks, and would not wait for the thread.
    call = running_loop().run_in_executor(None, partial(function, *args, **options))
    cancelled = None
    while not call.done():
        try:
            await asyncio.wait([call])
        except asyncio.CancelledError as exc:
            cancelled = exc
    if cancelled is not None:
        if not call.cancelled():
            call.exception()  # what it raised is nobody's any more
        raise cancelled
    return call.result()


def finish(coroutine: Coroutine[object, object, T]) -> T:
    """Run a coroutine that never waits, and return what it returns."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    finally:
        coroutine.close()
    msg = "a coroutine of calls made inline waited"
    raise RuntimeError(msg)


class AdaptedStore:
    """A store for threads, as one for tasks."""

    __slots__ = ("_run", "_store")

    def __init__(self, store: SessionStore, run: Run) -> None:
        self._store = store
        self._run = run

    async def load(self, key: SessionKey) -> Session | None:
        """See `AsyncSessionStore`."""
        return await self._run(self._store.load, key)

    async def save(self, key: SessionKey, session: Session) -> None:
        """See `AsyncSessionStore`."""
        await self._run(self._store.save, key, session)

    async def delete(self, key: SessionKey) -> None:
        """See `AsyncSessionStore`."""
        await self._run(self._store.delete, key)

    def lease(self, key: SessionKey) -> AdaptedLease:
        """See `AsyncSessionStore`."""
        return AdaptedLease(self._store.lease(key), self._run)

    async def aclose(self) -> None:
        """See `AsyncSessionStore`."""
        await self._run(self._store.close)

    @half_built_too
    def __repr__(self) -> str:
        return repr(self._store)


class AdaptedLease:
    """A lease for threads, as one for tasks."""

    __slots__ = ("_lease", "_run")

    def __init__(self, lease: Lease, run: Run) -> None:
        self._lease = lease
        self._run = run

    @property
    def unfinished(self) -> bool:
        """See `AsyncLease`."""
        return self._lease.unfinished

    async def acquire(self) -> bool:
        """See `AsyncLease`."""
        return await self._run(self._lease.acquire)

    async def check(self) -> None:
        """See `AsyncLease`."""
        await self._run(self._lease.check)

    async def begin(self) -> None:
        """See `AsyncLease`."""
        await self._run(self._lease.begin)

    async def save(self, session: Session) -> None:
        """See `AsyncLease`."""
        await self._run(self._lease.save, session)

    async def settle(self) -> None:
        """See `AsyncLease`."""
        await self._run(self._lease.settle)

    async def release(self) -> None:
        """See `AsyncLease`."""
        await self._run(self._lease.release)
