"""A journal in a Redis, for fleets. It is on disk as far as that Redis puts it there (`appendonly yes`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torus_connect.stores._redis.sync_commands import RedisCommands

from .journal import JournalEntry, last_days

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torus_connect.secret import Secret

_KEPT_SECONDS = 7 * 24 * 60 * 60
# Sets a field unless it holds something else than was expected. It may be run twice.
_SCRIPT = """
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if stored and stored ~= ARGV[2] and stored ~= ARGV[3] then return stored end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return false
"""


class RedisJournal:
    """A hash for each day, `torus-connect:orders:YYYY-MM-DD`, with JSON by reference; it expires after a week.

    Args:
        url: as for the Redis store. What is written is not encrypted: it holds no credential.
    """

    def __init__(self, url: Secret) -> None:
        self._redis = RedisCommands(url)

    def begin(self, entry: JournalEntry) -> None:
        """See `MemoryJournal`."""
        expected: bytes = b""
        while isinstance(found := self._put(entry, expected), bytes):
            entry.see_free(JournalEntry.from_json(found))
            expected = found

    def settle(self, entry: JournalEntry) -> None:
        """See `MemoryJournal`."""
        self._redis.command("HSET", _key(entry.day), entry.reference, entry.to_json())

    def entries(self, references: Iterable[str] | None) -> dict[str, JournalEntry]:
        """See `MemoryJournal`."""
        name, fields = ("HVALS", ()) if references is None else ("HMGET", tuple(references))
        replies = [self._redis.command(name, _key(day), *fields) for day in last_days()]
        values = [value for reply in replies if isinstance(reply, list) for value in reply if value]
        return {entry.reference: entry for entry in map(JournalEntry.from_json, values)}

    def _put(self, entry: JournalEntry, expected: bytes) -> object:
        values = (entry.reference, entry.to_json(), expected, _KEPT_SECONDS)
        return self._redis.command("EVAL", _SCRIPT, 1, _key(entry.day), *values)


def _key(day: str) -> str:
    return f"torus-connect:orders:{day}"
