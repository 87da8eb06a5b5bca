"""How many calls a second may begin: of one client, or of all workers of a merchant, by way of a Redis."""

from __future__ import annotations

import asyncio
import time
from hashlib import sha256
from typing import TYPE_CHECKING

from ._ownership import ProcessLock
from .errors import ConfigurationError, Outcome, TorusError
from .stores._in_thread import in_thread
from .stores._open import REDIS, redis_commands, url_parts

if TYPE_CHECKING:
    from typing import ClassVar

    from .secret import Secret, Unusable
    from .stores._redis.sync_commands import RedisCommands

_MOST = 1000
# The next moment is that of the server's clock, in microseconds: those of the workers need not agree.
_SCRIPT = """
local time, gap, most = redis.call('TIME'), tonumber(ARGV[1]), tonumber(ARGV[2])
local now = time[1] * 1000000 + time[2]
local at = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
if at - now > most then return -1 end
redis.call('SET', KEYS[1], string.format('%.0f', at + gap), 'PX', math.ceil((at + gap - now) / 1000))
return at - now
"""


class TooManyCalls(TorusError):
    """Other calls wait already, and `calls_per_second` does not let this one begin in time; nothing was sent."""

    outcome = Outcome.NOT_SENT
    next_step: ClassVar[str | None] = "Nothing was sent: make fewer calls, or allow more time (`total_timeout`)."


class Limiter:
    """Has calls begin evenly: one, then the next one a `1 / calls_per_second` later.

    Args:
        calls_per_second: how many.
        redis: where the moments are shared; within this object by default.
        key: of the Redis, for all who share them.
    """

    def __init__(self, calls_per_second: float, redis: RedisCommands | None = None, key: str = "") -> None:
        self._gap = 1 / calls_per_second
        self._redis, self._key = redis, key
        self._lock = ProcessLock()
        self._next = 0.0

    def wait(self, most: float) -> None:
        """Wait for the next moment that is free: see `reserve`."""
        time.sleep(self.reserve(most))

    async def wait_async(self, most: float) -> None:
        """Wait for the next moment that is free: see `reserve`."""
        await asyncio.sleep(await in_thread(self.reserve, most))

    def reserve(self, most: float) -> float:
        """Return how many seconds to wait for the next moment that is free; it is the caller's then.

        Raises:
            TooManyCalls: it would be more than `most` seconds.
            StoreError: the Redis cannot be used.
        """
        wait = self._reserve(most) if self._redis is None else self._reserve_there(self._redis, most)
        if wait < 0:
            raise TooManyCalls(f"Other calls wait, and calls_per_second lets this one begin in over {most:g} seconds")
        return wait

    def _reserve(self, most: float) -> float:
        with self._lock.here():
            now = time.monotonic()
            at = max(now, self._next)
            if at - now > most:
                return -1
            self._next = at + self._gap
            return at - now

    def _reserve_there(self, redis: RedisCommands, most: float) -> float:
        micros = (round(self._gap * 1e6), round(most * 1e6))
        reply = redis.command("EVAL", _SCRIPT, 1, self._key, *micros)
        if not isinstance(reply, int):
            raise redis.nonsense()
        return reply / 1e6


def new_limiter(calls_per_second: object, url: Secret | Unusable | None, api_key: str) -> Limiter:
    """Return the limiter of a client.

    Args:
        calls_per_second: how many; above 0, and at most 1000.
        url: of the Redis where all with the same API key share them; `None` for this client alone.
        api_key: of the merchant; a digest of it is the key in the Redis.

    Raises:
        ConfigurationError: an argument is malformed.
    """
    if isinstance(calls_per_second, bool) or not isinstance(calls_per_second, int | float):
        raise ConfigurationError(f"calls_per_second must be a number, not {type(calls_per_second).__name__}")
    if not 0 < calls_per_second <= _MOST:
        raise ConfigurationError(f"calls_per_second must be above 0 and at most {_MOST}")
    if url is None:
        return Limiter(calls_per_second)
    scheme, rest = url_parts(url, "limit_store")
    if scheme not in REDIS:
        raise ConfigurationError("limit_store must be redis://HOST or rediss://HOST")
    key = f"torus-connect:calls:{sha256(api_key.encode()).hexdigest()[:32]}"
    return Limiter(calls_per_second, redis_commands(scheme, rest), key)
