"""What was sent with each reference, and what became of it: on record before the first byte of an order is sent.

A journal is in memory, in files or in a Redis. It is opened when it is first needed, by what `Trading` says.
"""

from __future__ import annotations

import json
import logging
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import attrs

from torus_connect._config.store_urls import JOURNALS, url_parts
from torus_connect._dates import INDIA
from torus_connect._ownership import ProcessLock
from torus_connect.errors import Outcome, TorusError
from torus_connect.stores._errors import StoreError
from torus_connect.stores._folder import Folder, state_folder
from torus_connect.stores._open import folder_of, redis_commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from torus_connect._trading import Trading
    from torus_connect.stores._redis.sync_commands import RedisCommands

    Journal: TypeAlias = "MemoryJournal | FileJournal | RedisJournal"

_log = logging.getLogger("torus_connect")

SENT, ACKNOWLEDGED = "sent", "acknowledged"
_NO_ORDER = (Outcome.NOT_SENT.value, Outcome.REFUSED.value)
_MOST_IN_MEMORY = 100_000
_TAKEN = timedelta(hours=12)
"""For how long a reference is taken at the least: a day may end between an order and its repetition."""
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


class ReferenceUsed(TorusError):
    """An order with this reference was sent before, and may exist; this one was not sent."""

    outcome = Outcome.UNKNOWN  # as that of the order before: to take another reference may place a second one


@attrs.frozen(kw_only=True)
class JournalEntry:
    """One order.

    Attributes:
        reference: of the order.
        fields: what was sent, by the names of the service.
        sent_at: when it was about to be sent; aware, in UTC.
        outcome: `sent` while nothing else is known, also where the process ended; then `acknowledged`, or the value of
            the `Outcome`.
        order_no: the number that the service gave it, with a success or with an error.
        fault: what is wrong where the record of the order cannot be read; then nothing but its reference is known.
        id: tells it from that of another worker who takes the same reference at the same moment.
    """

    reference: str
    fields: Mapping[str, str]
    sent_at: datetime = attrs.field(factory=lambda: datetime.now(UTC))
    outcome: str = SENT
    order_no: str | None = None
    fault: str | None = None
    id: str = attrs.field(factory=lambda: secrets.token_hex(8), repr=False)

    @property
    def key(self) -> str:
        """What two references have in common that differ in case only: the book may return them in another one."""
        return self.reference.casefold()

    @property
    def day(self) -> str:
        """The date in India on which it was sent, `YYYY-MM-DD`."""
        return f"{self.sent_at.astimezone(INDIA):%Y-%m-%d}"

    @property
    def is_settled(self) -> bool:
        """Whether it is known whether there is an order."""
        return self.outcome in (ACKNOWLEDGED, *_NO_ORDER)

    def settled(self, outcome: str, order_no: str | None) -> JournalEntry:
        """Return it with what became of the order."""
        return attrs.evolve(self, outcome=outcome, order_no=order_no)

    def to_json(self) -> bytes:
        """Return it as JSON."""
        kept = attrs.asdict(self, filter=attrs.filters.exclude("fault"))
        return json.dumps(kept | {"sent_at": self.sent_at.isoformat()}).encode()

    @classmethod
    def from_json(cls, content: bytes | memoryview, *, place: str, day: str, key: str) -> JournalEntry:
        """Read it from JSON, which is at that place of the journal. Where it is none, there may be an order."""
        with suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError):
            values = json.loads(bytes(content))
            entry = cls(**values | {"sent_at": datetime.fromisoformat(values["sent_at"]).astimezone(UTC)})
            if entry.key == key and isinstance(entry.fields, dict):
                return entry
        fault = (
            f"{place} holds what is no entry of an order, and the order {key} may exist: keep it until the order book "
            "shows that order, or you know that there is none"
        )
        _log.warning("%s", fault)
        # The latest moment that it can be of, so that its reference is taken for long enough.
        sent_at = datetime.fromisoformat(f"{day}T23:59:59+05:30")
        return cls(reference=key, fields={}, sent_at=sent_at, fault=fault)

    def see_free(self, earlier: JournalEntry) -> None:
        """See that its reference may be used again: not on the same day, unless it is known that there is no order.

        Raises:
            ReferenceUsed: it may not.
            StoreError: the record of the order before cannot be read.
        """
        if earlier.fault:
            error = StoreError(earlier.fault)
            error.outcome = Outcome.UNKNOWN  # as that of the order before
            raise error
        is_of_this_day = earlier.day == self.day or earlier.sent_at > self.sent_at - _TAKEN
        if is_of_this_day and earlier.outcome not in _NO_ORDER:
            raise ReferenceUsed(
                f"reference {self.reference} was sent on this day, or less than 12 hours ago, and its order may exist; "
                "nothing was sent now"
            )


class MemoryJournal:
    """Entries in memory, the last 100,000. Every method of a journal may raise `StoreError`."""

    def __init__(self) -> None:
        self._lock = ProcessLock()
        self._entries: dict[str, JournalEntry] = {}

    def begin(self, entry: JournalEntry) -> None:
        """Record an order that is about to be sent; its reference must be free. It is there to stay on return."""
        with self._lock.here():
            if earlier := self._entries.get(entry.key):
                entry.see_free(earlier)
            self.settle(entry)
            while len(self._entries) > _MOST_IN_MEMORY:
                del self._entries[next(iter(self._entries))]

    def settle(self, entry: JournalEntry) -> None:
        """Record what became of an order."""
        self._entries[entry.key] = entry

    def entries(self, references: Iterable[str] | None) -> dict[str, JournalEntry]:
        """Return the entries of today and yesterday: of these references, or of all."""
        with self._lock.here():
            wanted = self._entries if references is None else self._entries.keys() & set(map(str.casefold, references))
            found, days = [self._entries[key] for key in wanted], _last_days()
            return {entry.reference: entry for entry in found if entry.day in days}


class FileJournal:
    """A file for each order, `orders/YYYY-MM-DD/REFERENCE.json`: safe between processes, and through `kill -9`.

    Nothing is ever removed.

    Args:
        path: the folder that `orders` is in.
    """

    def __init__(self, path: Path) -> None:
        self._path = path / "orders"

    def begin(self, entry: JournalEntry) -> None:
        """See `MemoryJournal`."""
        with Folder(self._path) as days, days:
            days.lock_to_write()  # of all days: one may end between two who begin
            for earlier in self._read([entry.key]):
                entry.see_free(earlier)
            self.settle(entry)

    def settle(self, entry: JournalEntry) -> None:
        """See `MemoryJournal`."""
        with Folder(self._path / entry.day) as here, here:
            here.lock_to_write()
            here.write(f"{entry.key}.json", memoryview(entry.to_json()), by_way_of="new")

    def entries(self, references: Iterable[str] | None) -> dict[str, JournalEntry]:
        """See `MemoryJournal`."""
        keys = None if references is None else list(map(str.casefold, references))
        return {entry.reference: entry for entry in self._read(keys)}

    def _read(self, keys: list[str] | None) -> list[JournalEntry]:
        found: list[JournalEntry] = []
        for day in _last_days():
            folder = self._path / day
            try:  # `Path.glob` would say nothing of a folder that cannot be read
                there = [each.stem for each in folder.iterdir() if each.suffix == ".json"] if keys is None else keys
                folder.stat()
            except FileNotFoundError:
                continue
            except OSError as exc:
                raise StoreError(f"{folder} cannot be read: {exc.strerror}") from None
            with Folder(folder) as here, here:
                for key in there:
                    content = here.read(f"{key}.json")
                    if content is not None:
                        place = f"{folder / key}.json"
                        found.append(JournalEntry.from_json(content, place=place, day=day, key=key))
        return found


class RedisJournal:
    """A hash for each day, `torus-connect:{orders}:YYYY-MM-DD`, with JSON by reference; it expires after a week.

    It is on disk as far as that Redis puts it there (`appendonly yes`), and not encrypted: it holds no credential.

    Args:
        redis: runs its commands.
    """

    def __init__(self, redis: RedisCommands) -> None:
        self._redis = redis

    def begin(self, entry: JournalEntry) -> None:
        """See `MemoryJournal`."""
        keys = dict.fromkeys(map(_key, (entry.day, *_last_days())))
        values = (entry.key, entry.to_json(), _KEPT_SECONDS)
        free: list[bytes] = []
        while isinstance(found := self._redis.command("EVAL", _SCRIPT, len(keys), *keys, *values, *free), bytes):
            place = f"{_key('*')} {entry.key}"  # of which day, it does not say
            entry.see_free(JournalEntry.from_json(found, place=place, day=entry.day, key=entry.key))
            free.append(found)

    def settle(self, entry: JournalEntry) -> None:
        """See `MemoryJournal`."""
        self._redis.command("HSET", _key(entry.day), entry.key, entry.to_json())

    def entries(self, references: Iterable[str] | None) -> dict[str, JournalEntry]:
        """See `MemoryJournal`."""
        keys = [] if references is None else [each.casefold().encode() for each in references]
        found: list[JournalEntry] = []
        for day in _last_days():
            reply = self._redis.command("HGETALL" if references is None else "HMGET", _key(day), *keys)
            if isinstance(reply, list):
                reply = dict(zip(keys, reply, strict=True))
            if not isinstance(reply, dict):
                raise self._redis.nonsense()
            for field, content in reply.items():
                if content is not None:
                    key = field.decode(errors="replace")
                    found.append(JournalEntry.from_json(content, place=f"{_key(day)} {key}", day=day, key=key))
        return {entry.reference: entry for entry in found}


def journal_of(trading: Trading | None) -> Journal:
    """Return the journal of those who have opted in, opened when it is first needed.

    Raises:
        ConfigurationError: there is no such journal.
    """
    if trading is None:
        return MemoryJournal()  # nothing will be sent
    opened: list[Journal] = trading.opened
    if not opened:
        scheme, rest = url_parts(trading.journal, "journal", JOURNALS)
        if scheme == "memory":
            opened.append(MemoryJournal())
        elif scheme == "file":
            opened.append(FileJournal(folder_of(rest) or state_folder()))
        else:
            opened.append(RedisJournal(redis_commands(scheme, rest)))
    return opened[0]  # also where two threads opened one


def _key(day: str) -> str:
    return f"torus-connect:{{orders}}:{day}"  # with a hash tag: a script reads several


def _last_days() -> tuple[str, ...]:
    """Return yesterday, today and, where a clock is ahead of this one, tomorrow; in India."""
    now = datetime.now(INDIA)
    return tuple(f"{now + timedelta(days=days):%Y-%m-%d}" for days in (-1, 0, 1))
