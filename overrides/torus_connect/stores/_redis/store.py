"""Sessions in a Redis, for fleets: encrypted, with an expiry of their own, and one login at a time over all workers.

A worker that dies while it holds the right to log a user in leaves it for `lock_ttl` seconds, and a note for the next
one where an exchange had begun. A worker that stalls for longer finds out before it begins an exchange, or when it
wants to keep the session of one. What is needed of the server: no `allkeys-*` eviction, which may forget such notes;
a warning is logged where it evicts.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret, conceal, half_built_too
from torus_connect.stores._adapter import finish

from .core import Core
from .url import Place, place_of

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import ModuleType

    from torus_connect._credentials.session import Session
    from torus_connect.stores._protocol import SessionKey

    from .connection import TaskWire, ThreadWire
    from .core import Right
    from .encryption import Seal

T = TypeVar("T")


class RedisStore:
    """Keeps each session in a Redis, sealed with the keys of `TORUS_STORE_KEY` or `TORUS_STORE_KEY_FILE`.

    Safe to share between threads; a child process gets connections of its own.

    Args:
        url: `redis://[USER:PASSWORD@]HOST[:PORT][/DB]`, or `rediss://` for TLS, with these options in its query:
            `lock_ttl` (30; seconds after which the next worker takes over from one that died), `timeout` (5; seconds
            for connecting and for each command), `connections` (10; the most at a time), `ca_file`.

    Raises:
        ConfigurationError: the URL is malformed, there is no key, or the extra `redis` is not installed.
    """

    __slots__ = ("_core", "_wire")

    def __init__(self, url: str) -> None:
        given = conceal(url)
        del url
        place, seal, wires = _prepared(given)
        self._wire: ThreadWire = wires.ThreadWire(place)
        self._core = Core(self._wire, seal)

    def load(self, key: SessionKey) -> Session | None:
        """See `SessionStore`."""
        return finish(self._core.load(key))

    def save(self, key: SessionKey, session: Session) -> None:
        """See `SessionStore`."""
        finish(self._core.save(key, session))

    def delete(self, key: SessionKey) -> None:
        """See `SessionStore`."""
        finish(self._core.delete(key))

    def lease(self, key: SessionKey) -> RedisLease:
        """See `SessionStore`."""
        return RedisLease(self._core.right(key))

    def close(self) -> None:
        """See `SessionStore`."""
        self._wire.close()

    @half_built_too
    def __repr__(self) -> str:
        return f"<RedisStore {self._core}>"


class RedisLease:
    """See `Lease`. A thread renews it until it is released, or forgotten."""

    __slots__ = ("__weakref__", "_over", "_right")

    def __init__(self, right: Right) -> None:
        self._right = right
        # No `Event`, whose lock an interrupt may leave locked.
        self._over: SimpleQueue[None] = SimpleQueue()
        weakref.finalize(self, self._over.put, None)

    @property
    def unfinished(self) -> bool:
        """See `Lease`."""
        return self._right.unfinished

    def acquire(self) -> bool:
        """See `Lease`."""
        if not finish(self._right.acquire()):
            return False
        args = (self._right, self._over)
        threading.Thread(target=_renew, args=args, name="torus-connect-lock", daemon=True).start()
        return True

    def check(self) -> None:
        """See `Lease`."""
        finish(self._right.check())

    def begin(self) -> None:
        """See `Lease`."""
        finish(self._right.begin())

    def save(self, session: Session) -> None:
        """See `Lease`."""
        finish(self._right.save(session))

    def settle(self) -> None:
        """See `Lease`."""
        finish(self._right.settle())

    def release(self) -> None:
        """See `Lease`."""
        self._over.put(None)
        finish(self._right.release())


class AsyncRedisStore:
    """`RedisStore` for tasks. It may be used from one event loop, and then from the next."""

    __slots__ = ("_core", "_wire")

    def __init__(self, url: str) -> None:
        given = conceal(url)
        del url
        place, seal, wires = _prepared(given)
        self._wire: TaskWire = wires.TaskWire(place)
        self._core = Core(self._wire, seal)

    async def load(self, key: SessionKey) -> Session | None:
        """See `AsyncSessionStore`."""
        return await self._core.load(key)

    async def save(self, key: SessionKey, session: Session) -> None:
        """See `AsyncSessionStore`."""
        await self._core.save(key, session)

    async def delete(self, key: SessionKey) -> None:
        """See `AsyncSessionStore`."""
        await self._core.delete(key)

    def lease(self, key: SessionKey) -> AsyncRedisLease:
        """See `AsyncSessionStore`."""
        return AsyncRedisLease(self._core.right(key))

    async def aclose(self) -> None:
        """See `AsyncSessionStore`."""
        await self._wire.aclose()

    @half_built_too
    def __repr__(self) -> str:
        return f"<AsyncRedisStore {self._core}>"


class AsyncRedisLease:
    """See `AsyncLease`. A task renews it until it is released."""

    __slots__ = ("_renewal", "_right")

    def __init__(self, right: Right) -> None:
        self._right = right
        self._renewal: asyncio.Task[None] | None = None

    @property
    def unfinished(self) -> bool:
        """See `AsyncLease`."""
        return self._right.unfinished

    async def acquire(self) -> bool:
        """See `AsyncLease`."""
        if not await _to_the_end(self._right.acquire()):
            return False
        self._renewal = asyncio.create_task(self._right.keep_up(_slept), name="torus-connect-lock")
        return True

    async def check(self) -> None:
        """See `AsyncLease`."""
        await self._right.check()

    async def begin(self) -> None:
        """See `AsyncLease`."""
        await self._right.begin()

    async def save(self, session: Session) -> None:
        """See `AsyncLease`."""
        await _to_the_end(self._right.save(session))

    async def settle(self) -> None:
        """See `AsyncLease`."""
        await self._right.settle()

    async def release(self) -> None:
        """See `AsyncLease`."""
        if self._renewal:
            self._renewal.cancel()
        await _to_the_end(self._right.release())


def _renew(right: Right, over: SimpleQueue[None]) -> None:
    async def waited(seconds: float) -> bool:
        try:
            over.get(timeout=seconds)  # no event loop runs this
        except Empty:
            return False
        return True

    finish(right.keep_up(waited))


async def _slept(seconds: float) -> bool:
    await asyncio.sleep(seconds)
    return False


async def _to_the_end(coroutine: Coroutine[object, object, T]) -> T:
    """Wait for all of it; a task that is cancelled meanwhile is cancelled after that."""
    work = asyncio.ensure_future(coroutine)
    cancelled = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as exc:
            cancelled = exc
    if cancelled is not None:
        await asyncio.gather(work, return_exceptions=True)  # what it raised is nobody's any more
        raise cancelled
    return work.result()


def _prepared(url: object) -> tuple[Place, Seal, ModuleType]:
    if not isinstance(url, Secret) or url.partition(":")[0] not in ("redis", "rediss"):
        raise ConfigurationError("store is no URL of a Redis: it must start with redis:// or rediss://")
    place = place_of(url)
    try:
        from . import connection  # noqa: PLC0415 - the extra
        from .encryption import seal_of_environment  # noqa: PLC0415

        return place, seal_of_environment(), connection
    except ModuleNotFoundError as exc:
        if (exc.name or "").partition(".")[0] not in ("redis", "cryptography"):
            raise
    raise ConfigurationError(f"store {place} needs the extra: pip install 'torus-connect[redis]'")
