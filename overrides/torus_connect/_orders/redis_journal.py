"""A journal in a Redis, for fleets. It is on disk as far as that Redis puts it there (`appendonly yes`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .journal import JournalEntry, last_days

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torus_connect.stores._redis.sync_commands import RedisCommands

_KEPT_SECONDS = 7 * 24 * 60 * 60
# Sets a field of the first key, unless that or another key has it with a value that was not expected. It may be run
# twice.
_SCRIPT = """
for _, key in ipairs(KEYS) do
    local stored, is_free = redis.call('HGET', key, ARGV[1]), false
    for _, each in ipairs(ARGV) do is_free = is_free or each == stored end
    if stored and not is_free then return stored end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return false
"""


class RedisJournal:
    """A hash for each day, `torus-connect:{orders}:YYYY-MM-DD`, with JSON by reference; it expires after a week.

    Args:
        redis: runs its commands. What is written is not encrypted: it holds no credential.
    """

    def __init__(self, redis: RedisCommands) -> None:
        self._redis = redis

    def begin(self, entry: JournalEntry) -> None:
        """See `MemoryJournal`."""
        free: list[bytes] = []
        while isinstance(found := self._put(entry, free), bytes):
            entry.see_free(JournalEntry.from_json(found))
            free.append(found)

    def settle(self, entry: JournalEntry) -> None:
        """See `MemoryJournal`."""
        self._redis.command("HSET", _key(entry.day), entry.key, entry.to_json())

    def entries(self, references: Iterable[str] | None) -> dict[str, JournalEntry]:
        """See `MemoryJournal`."""
        name, fields = ("HVALS", ()) if references is None else ("HMGET", tuple(map(str.casefold, references)))
        replies = [self._redis.command(name, _key(day), *fields) for day in last_days()]
        values = [value for reply in replies if isinstance(reply, list) for value in reply if value]
        return {entry.reference: entry for entry in map(JournalEntry.from_json, values)}

    def _put(self, entry: JournalEntry, free: list[bytes]) -> object:
        keys = dict.fromkeys(map(_key, (entry.day, *last_days())))
        values = (entry.key, entry.to_json(), _KEPT_SECONDS)
        return self._redis.command("EVAL", _SCRIPT, len(keys), *keys, *values, *free)


def _key(day: str) -> str:
    return f"torus-connect:{{orders}}:{day}"  # with a hash tag: a script reads several
