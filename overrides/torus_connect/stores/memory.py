"""Sessions in the memory of this process: for tests, and for programs that log in anew whenever they start."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from torus_connect.secret import half_built_too

from .errors import LockLost

if TYPE_CHECKING:
    from torus_connect.session import Session

    from .protocol import SessionKey


class MemoryStore:
    """Keeps sessions until the process ends; gone with the object. Safe to share between threads.

    Each step is one operation of a `dict`, which no thread can come between, so that it needs no lock, and a fork
    cannot copy a locked one.
    """

    __slots__ = ("_begun", "_holders", "_sessions")

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._holders: dict[str, _Lease] = {}
        self._begun: dict[str, bool] = {}

    def load(self, key: SessionKey) -> Session | None:
        """See `SessionStore`."""
        return self._sessions.get(key.digest)

    def save(self, key: SessionKey, session: Session) -> None:
        """See `SessionStore`."""
        self._sessions[key.digest] = session

    def delete(self, key: SessionKey) -> None:
        """See `SessionStore`."""
        self._sessions.pop(key.digest, None)

    def acquire(self, key: SessionKey) -> _Lease | None:
        """See `SessionStore`."""
        lease = _Lease(self._sessions, self._holders, self._begun, key.digest)
        holder = self._holders.setdefault(key.digest, lease)
        if holder.pid != lease.pid:  # a thread of the parent holds it; in this process there is no such thread
            self._holders[key.digest] = holder = lease
        if holder is not lease:
            return None
        lease.unfinished = key.digest in self._begun
        return lease

    def close(self) -> None:
        """See `SessionStore`; there is nothing to let go of."""

    @half_built_too
    def __repr__(self) -> str:
        return f"<MemoryStore of {len(self._sessions)}>"


class _Lease:
    """See `Lease`."""

    __slots__ = ("_begun", "_digest", "_holders", "_sessions", "pid", "unfinished")

    def __init__(
        self, sessions: dict[str, Session], holders: dict[str, _Lease], begun: dict[str, bool], digest: str
    ) -> None:
        self._sessions = sessions
        self._holders = holders
        self._begun = begun
        self._digest = digest
        self.pid = os.getpid()
        self.unfinished = False

    def begin(self) -> None:
        """See `Lease`."""
        self._check()
        self._begun[self._digest] = True

    def save(self, session: Session) -> None:
        """See `Lease`."""
        self._check()
        self._sessions[self._digest] = session
        self.settle()

    def settle(self) -> None:
        """See `Lease`."""
        if self._holders.get(self._digest) is self:
            self._begun.pop(self._digest, None)

    def release(self) -> None:
        """See `Lease`."""
        if self._holders.get(self._digest) is self:
            del self._holders[self._digest]

    def _check(self) -> None:
        if self._holders.get(self._digest) is not self:
            raise LockLost("This lease has been released")
