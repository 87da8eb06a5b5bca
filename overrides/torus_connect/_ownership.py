"""What must be given back has an owner before it is taken, so that an interrupt at any step leaks nothing.

A signal handler may raise (Ctrl-C, the time limit of a worker) between any two steps of Python: after a lock was taken
and before a variable holds it, or at the first step of a `finally`. So there are three rules:

- The owner is made first and holds nothing yet; only then, within `with owner, owner:`, is anything taken.
- To take something and to note who has it is one call into C, which no signal handler comes between.
- `release` can be interrupted and called again, also where nothing was taken. That is why `with` names the owner twice:
  where a signal interrupts the first exit, the second one releases.

Owners have no `__del__`: Python drops what a signal handler raises in one.
"""

from __future__ import annotations

import os
from threading import RLock
from types import TracebackType
from typing import Self


class Owner:
    """Owns what it takes: `with owner, owner:`."""

    def release(self) -> None:
        """Give back what was taken; does nothing where that is nothing."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class ProcessLock:
    """A re-entrant lock for each process: a fork copies a lock, but no thread that would release it."""

    def __init__(self) -> None:
        self._locks: dict[int, RLock] = {}

    def here(self) -> RLock:
        """Return the lock of this process."""
        return self._locks.setdefault(os.getpid(), RLock())


class Claim(Owner):
    """The sole right to a name, among the threads of a process that share `holders`."""

    def __init__(self, holders: dict[object, Self], name: str) -> None:
        self._holders = holders
        # A fork copies `holders`, but not the threads that would release what is in there.
        self._key = (os.getpid(), name)

    def take(self) -> Self:
        """Take it if it is free; return who has it now."""
        return self._holders.setdefault(self._key, self)

    def is_held(self) -> bool:
        """Return whether this claim has it."""
        return self._holders.get(self._key) is self

    def release(self) -> None:
        """See `Owner`."""
        if self.is_held():
            self._holders.pop(self._key, None)


class SharedClaim(Claim):
    """A claim to do something once for all who wait for it, and share its failure."""

    def __init__(self, holders: dict[object, Self], name: str) -> None:
        super().__init__(holders, name)
        self._failure: Exception | None = None
        self._traceback: TracebackType | None = None

    def fail(self, exc: Exception) -> None:
        """Keep what it raised, for those who wait."""
        self._failure, self._traceback = exc, exc.__traceback__

    def raise_failure(self) -> None:
        """Raise what it raised, if it failed."""
        if self._failure:
            raise self._failure.with_traceback(self._traceback)
