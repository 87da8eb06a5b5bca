"""A Redis that may forget what it holds, where it lacks memory: whoever runs it is told, once."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from torus_connect.stores._errors import StoreError

if TYPE_CHECKING:
    from .core import Wire

_log = logging.getLogger("torus_connect")


class Watched:
    """A wire that asks the server, after the first command, whether it evicts, and logs a warning if so."""

    __slots__ = ("_asked", "_wire", "place")

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._asked = threading.Lock()  # held for good by whoever asks
        self.place = wire.place

    async def call(self, *command: str | bytes | int) -> object:
        """See `Wire`."""
        got = await self._wire.call(*command)
        if self._asked.acquire(blocking=False):
            await self._ask()
        return got

    async def _ask(self) -> None:
        try:
            told = await self._wire.call("INFO", "memory")
        except StoreError:
            return  # this user may not ask, or the server has gone: the next command says so
        policy = str(told.get("maxmemory_policy")) if isinstance(told, dict) and told.get("maxmemory") else ""
        forgets = next((what for kind, what in _FORGETS.items() if policy.startswith(kind)), None)
        if forgets:
            _log.warning(
                "%s has a maxmemory and the maxmemory-policy %s: it may forget %s; choose noeviction",
                self.place,
                policy,
                forgets,
            )


_FORGETS = {
    "allkeys-": "sessions, who logs a user in, and that a login was cut off",
    "volatile-": "sessions, so that users must log in again",
}
