"""How many calls a second may begin: of one client, or of all workers of a merchant, by way of a Redis."""

from __future__ import annotations

import asyncio
import time
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

from ._config.checks import checked_number
from ._config.store_urls import REDIS, url_parts
from ._ownership import ProcessLock
from .errors import Outcome, TorusError
from .stores._in_thread import in_thread
from .stores._open import redis_commands

if TYPE_CHECKING:
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
        calls_per_second: how many; above 0, and at most 1000.
        url: of the Redis where all with the same API key share them; `None` for this client alone.
        api_key: of the merchant; a digest of it is the key in the Redis.

    Raises:
        ConfigurationError: an argument is malformed.
    """

    def __init__(self, calls_per_second: object, url: Secret | Unusable | None = None, api_key: str = "") -> None:
        self._gap = 1 / checked_number("calls_per_second", calls_per_second, most=_MOST, of="calls")
        self._redis = None if url is None else redis_commands(*url_parts(url, "limit_store", REDIS))
        self._key = f"torus-connect:calls:{sha256(api_key.encode()).hexdigest()[:32]}"
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
