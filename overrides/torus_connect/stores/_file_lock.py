"""One login at a time between the processes of one machine, by locks on files; they fall with the process."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from torus_connect._ownership import Descriptor

from ._errors import LockLost, StoreError

try:
    import fcntl
except ImportError:  # no POSIX: no `Folder` is ever open there
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from torus_connect._credentials.session import Session

    from ._folder import Folder, OpenFolder
    from ._protocol import SessionKey

WRITERS_WAIT = 10.0
"""Seconds within which another process finishes writing one small file, unless something is very wrong."""


class FileLock(Descriptor):
    """A lock on a file, which the system gives up with the process that holds it."""

    __slots__ = ("_pid",)

    def take(self, here: OpenFolder, name: str) -> bool:
        """Lock a file, which is made where there is none; return `False` where it is locked.

        Raises:
            StoreError: the file cannot be made, is not safe, or cannot be locked.
        """
        if self.number is not None:
            return True
        self._pid = os.getpid()
        lock = here.open(name, os.O_RDWR | os.O_CREAT, self)
        if lock is None:
            raise StoreError("The folder of the sessions was removed meanwhile")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            why = None if isinstance(exc, BlockingIOError) else exc.strerror
        else:
            return True
        self.release()
        if why is None:
            return False
        raise StoreError(f"The lock of the sessions cannot be taken: {why}")

    def take_to_write(self, here: OpenFolder) -> None:
        """Let nobody else write into a folder.

        Raises:
            StoreError: as for `take`; or another process has been writing for too long, for it hangs.
        """
        end = time.monotonic() + WRITERS_WAIT
        while not self.take(here, "writing.lock"):
            if time.monotonic() >= end:
                raise StoreError(f"Another process has been writing a session for {WRITERS_WAIT:g} seconds")
            time.sleep(0.005)

    def release(self) -> None:
        """See `Owner`."""
        # A child process may have it open, too: closing it here alone does not unlock it, and unlocking it there would.
        if self.number is not None and self._pid == os.getpid():
            with suppress(OSError):
                fcntl.flock(self.number, fcntl.LOCK_UN)
        super().release()


class Keeper(Protocol):
    """What a lease asks of its store."""

    def check(self, key: SessionKey) -> None:
        """See that a session could be kept."""
        ...

    def save(self, key: SessionKey, session: Session) -> None:
        """Keep a session."""
        ...

    def version(self, key: SessionKey) -> str:
        """Return what tells one kept session from the next; empty where there is none."""
        ...


class FileLease:
    """See `Lease`. The lock is on `<digest>.lock`, the note of an exchange in `<digest>.begun`.

    The note says which session was there before: one that is followed by another session is settled, even where its
    holder was killed before he could clear it.
    """

    __slots__ = ("_folder", "_keeper", "_key", "_lock", "unfinished")

    def __init__(self, folder: Folder, keeper: Keeper, key: SessionKey) -> None:
        self._folder = folder
        self._keeper = keeper
        self._key = key
        self._lock = FileLock()
        self.unfinished = False

    def acquire(self) -> bool:
        """See `Lease`."""
        with self._folder.opened() as here, here:
            if not self._lock.take(here, self._name("lock")):
                return False
            noted = here.read(self._name("begun"))
        now = self._keeper.version(self._key)
        self.unfinished = noted is not None and (not now or bytes(noted) == now.encode())
        return True

    def check(self) -> None:
        """See `Lease`."""
        self._keeper.check(self._key)

    def begin(self) -> None:
        """See `Lease`."""
        self.check()
        before = memoryview(self._keeper.version(self._key).encode())
        with self._folder.opened() as here, here:
            self._see_that_it_is_held(here)
            # Nobody else writes it: the lock is ours.
            here.write(self._name("begun"), before, by_way_of=self._name("begun.new"))

    def save(self, session: Session) -> None:
        """See `Lease`."""
        with self._folder.opened() as here, here:
            self._see_that_it_is_held(here)
            self._keeper.save(self._key, session)
            with suppress(StoreError):  # the session is kept, which settles the note
                here.remove(self._name("begun"))

    def settle(self) -> None:
        """See `Lease`."""
        with self._folder.opened() as here, here:
            self._see_that_it_is_held(here)
            here.remove(self._name("begun"))

    def release(self) -> None:
        """See `Lease`."""
        self._lock.release()

    def __del__(self) -> None:
        lock = getattr(self, "_lock", None)
        if lock is not None:  # it is not half made
            lock.release()

    def _name(self, kind: str) -> str:
        return f"{self._key.digest}.{kind}"

    def _see_that_it_is_held(self, here: OpenFolder) -> None:
        """See that the locked file is the one that everybody else would lock."""
        if self._lock.number is None:
            raise LockLost("This lease is not held")
        if not here.is_at(self._name("lock"), self._lock.number):
            raise LockLost("The lock file was removed while it was held")
