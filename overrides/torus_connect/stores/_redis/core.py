"""What the Redis store does, written once for threads and tasks: only what carries a command differs."""

from __future__ import annotations

import math
import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from torus_connect.secret import half_built_too
from torus_connect.stores._codec import decode, encode
from torus_connect.stores._errors import LockLost, StoreError

from . import scripts
from .eviction import Watched
from .scripts import Names

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from torus_connect._credentials.session import Session
    from torus_connect.stores._protocol import SessionKey

    from .encryption import Seal
    from .url import Place

_NOT_OURS = "The right to log this user in ran out while it was held, and somebody else may have it"


class Wire(Protocol):
    """What carries commands to a Redis."""

    place: Place

    async def call(self, *command: str | bytes | int) -> object:
        """Return the server's reply. Raises `StoreError`."""
        ...


class Core:
    """`AsyncSessionStore` over a wire, but for how a right is kept up."""

    __slots__ = ("_seal", "_wire")

    def __init__(self, wire: Wire, seal: Seal) -> None:
        self._wire = Watched(wire)
        self._seal = seal

    async def load(self, key: SessionKey) -> Session | None:
        """See `SessionStore`."""
        found = await self._wire.call("GET", Names.of(key).session)
        if found is None:
            return None
        if not isinstance(found, bytes):
            raise _nonsense(self._wire)
        return decode(key, bytes(self._seal.open(found.partition(b" ")[2])))

    async def save(self, key: SessionKey, session: Session) -> None:
        """See `SessionStore`."""
        sealed = self._seal.close(memoryview(encode(key, session)))
        await _run(self._wire, scripts.KEEP, key, sealed, _milliseconds(session))

    async def delete(self, key: SessionKey) -> None:
        """See `SessionStore`."""
        await self._wire.call("DEL", Names.of(key).session)

    def right(self, key: SessionKey) -> Right:
        """Return the right to log a user in, to be taken."""
        return Right(self._wire, self._seal, key)

    @half_built_too
    def __repr__(self) -> str:
        return str(self._wire.place)


class Right:
    """`AsyncLease` over a wire, but for how it is kept up.

    Attributes:
        every: seconds after which it must be renewed.
        unfinished: see `Lease`.
    """

    __slots__ = (
        "_begun",
        "_fence",
        "_key",
        "_over",
        "_owner",
        "_pid",
        "_seal",
        "_seen",
        "_taken",
        "_ttl",
        "_wire",
        "every",
        "unfinished",
    )

    def __init__(self, wire: Wire, seal: Seal, key: SessionKey) -> None:
        self._wire = wire
        self._seal = seal
        self._key = key
        self._owner = secrets.token_hex(16)
        self._ttl = math.ceil(wire.place.lock_ttl * 1000)
        self._pid = os.getpid()
        self._fence = self._seen = b""
        self._begun = self._over = self._taken = self.unfinished = False
        self.every = wire.place.lock_ttl / 3

    async def acquire(self) -> bool:
        """See `Lease`."""
        # Before it is: Redis may give it, and the reply, or the step after that, be what is lost.
        self._taken = True
        match await _call(self._wire, scripts.ACQUIRE, self._key, self._owner, self._ttl):
            case None:
                self._taken = False
                return False
            case [bytes(fence), int(begun), bytes(seen)]:
                self._fence, self.unfinished, self._seen = fence, bool(begun), seen
                return True
        raise _nonsense(self._wire)

    async def check(self) -> None:
        """See `Lease`."""
        await self._run(scripts.TRY)

    async def renew(self) -> bool:
        """Hold it for another while; return whether it is ours."""
        return await self._run(scripts.RENEW, self._ttl, self._fence, self._seen, int(self._begun))

    async def begin(self) -> None:
        """See `Lease`."""
        self._see_that_it_is_held()
        if not await self._run(scripts.BEGIN, self._ttl):
            raise LockLost(_NOT_OURS)
        self._begun = True

    async def save(self, session: Session) -> None:
        """See `Lease`."""
        self._see_that_it_is_held()
        sealed = self._seal.close(memoryview(encode(self._key, session)))
        if not await self._run(scripts.SAVE, self._fence, self._seen, sealed, _milliseconds(session)):
            raise LockLost("Somebody else got the right to log this user in meanwhile, for this worker stalled")
        self._begun = False

    async def settle(self) -> None:
        """See `Lease`."""
        self._see_that_it_is_held()
        await self._run(scripts.SETTLE)
        self._begun = False

    async def release(self) -> None:
        """See `Lease`. Where Redis does not hear of it, the right runs out by itself."""
        self._over = True
        if self._taken and self._pid == os.getpid():
            with suppress(StoreError):
                await self._run(scripts.RELEASE)
            self._taken = False

    async def keep_up(self, over: Callable[[float], Awaitable[bool]]) -> None:
        """Renew it until it is lost, or over.

        Args:
            over: waits so many seconds; yields whether the holder has finished.
        """
        while not await over(self.every):
            try:
                if not await self.renew():
                    return  # the holder learns of it from `begin` or `save`
            except StoreError:
                continue  # Redis may be back the next time

    async def _run(self, script: str, *arguments: bytes | int) -> bool:
        return await _run(self._wire, script, self._key, self._owner, *arguments)

    def _see_that_it_is_held(self) -> None:
        if self._pid != os.getpid():
            raise LockLost("This lease is the parent process's")
        if self._over or not self._taken:
            raise LockLost("This lease is not held")


async def _call(wire: Wire, script: str, key: SessionKey, *arguments: str | bytes | int) -> object:
    names = Names.of(key)
    return await wire.call("EVAL", script, len(names), *names, *arguments)


async def _run(wire: Wire, script: str, key: SessionKey, *arguments: str | bytes | int) -> bool:
    """Run a script that replies with 1 or 0; return which."""
    reply = await _call(wire, script, key, *arguments)
    if reply not in (0, 1):
        raise _nonsense(wire)
    return reply == 1


def _nonsense(wire: Wire) -> StoreError:
    return StoreError(f"{wire.place} answered what no Redis would")


def _milliseconds(session: Session) -> int:
    """Return how long Redis keeps a session; one that is over goes at once."""
    return max(1, math.ceil(session.expires_in * 1000))
