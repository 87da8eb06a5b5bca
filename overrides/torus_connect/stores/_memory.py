"""Sessions in the memory of this process: for tests, and for programs that log in anew whenever they start."""

from __future__ import annotations

from torus_connect._credentials.session import Session
from torus_connect._ownership import Claim
from torus_connect.secret import half_built_too

from ._errors import LockLost
from ._protocol import SessionKey


class MemoryStore:
    """Keeps sessions until the process ends; gone with the object. Safe to share between threads.

    Each step is one operation of a `dict` or `set`, which no thread can come between, so that it needs no lock, and a
    fork cannot copy a locked one.
    """

    __slots__ = ("_begun", "_holders", "_sessions")

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._holders: dict[object, _Lease] = {}
        self._begun: set[str] = set()

    def load(self, key: SessionKey) -> Session | None:
        """See `SessionStore`."""
        return self._sessions.get(key.digest)

    def save(self, key: SessionKey, session: Session) -> None:
        """See `SessionStore`."""
        self._sessions[key.digest] = session

    def delete(self, key: SessionKey) -> None:
        """See `SessionStore`."""
        self._sessions.pop(key.digest, None)

    def lease(self, key: SessionKey) -> _Lease:
        """See `SessionStore`."""
        return _Lease(self._sessions, self._holders, self._begun, key.digest)

    def close(self) -> None:
        """See `SessionStore`; there is nothing to let go of."""

    @half_built_too
    def __repr__(self) -> str:
        return f"<MemoryStore of {len(self._sessions)}>"


class _Lease(Claim):
    """See `Lease`."""

    __slots__ = ("_begun", "_digest", "_sessions", "unfinished")

    def __init__(
        self, sessions: dict[str, Session], holders: dict[object, _Lease], begun: set[str], digest: str
    ) -> None:
        super().__init__(holders, digest)
        self._sessions = sessions
        self._begun = begun
        self._digest = digest
        self.unfinished = False

    def acquire(self) -> bool:
        """See `Lease`."""
        held = self.take() is self
        self.unfinished = held and self._digest in self._begun
        return held

    def check(self) -> None:
        """See `Lease`; there is always room."""

    def begin(self) -> None:
        """See `Lease`."""
        self._see_that_it_is_held()
        self._begun.add(self._digest)

    def save(self, session: Session | None) -> None:
        """See `Lease`."""
        self._see_that_it_is_held()
        if session is None:
            self._sessions.pop(self._digest, None)
        else:
            self._sessions[self._digest] = session
            self.settle()

    def settle(self) -> None:
        """See `Lease`."""
        if self.is_held():
            self._begun.discard(self._digest)

    def _see_that_it_is_held(self) -> None:
        if not self.is_held():
            raise LockLost("This lease is not held")
