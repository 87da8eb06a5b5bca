"""One login at a time between the processes of one machine, by locks on files; they fall with the process."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from .errors import LockLost, StoreError

try:
    import fcntl
except ImportError:  # no POSIX: no `Folder` is ever open there
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torus_connect.session import Session

    from .folder import Folder, OpenFolder
    from .protocol import SessionKey

WRITERS_WAIT = 10.0
"""Seconds within which another process finishes writing one small file, unless something is very wrong."""
_WRITING = "writing.lock"


class Keeper(Protocol):
    """What a lease asks of its store."""

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

    __slots__ = ("_folder", "_keeper", "_key", "_lock", "_pid", "unfinished")

    def __init__(self, folder: Folder, keeper: Keeper, key: SessionKey, lock: int) -> None:
        self._folder = folder
        self._keeper = keeper
        self._key = key
        self._lock: int | None = lock
        self._pid = os.getpid()
        self.unfinished = False

    def look(self) -> None:
        """Find out whether a former holder's exchange is unfinished."""
        with self._folder.opened() as here:
            noted = here.read(self._note)
        now = self._keeper.version(self._key)
        self.unfinished = noted is not None and (not now or bytes(noted) == now.encode())

    def begin(self) -> None:
        """See `Lease`."""
        before = memoryview(self._keeper.version(self._key).encode())
        with self._folder.opened() as here:
            self._check(here)
            # Nobody else writes it: the lock is ours.
            here.write(self._note, before, by_way_of=f"{self._note}.new")

    def save(self, session: Session) -> None:
        """See `Lease`."""
        with self._folder.opened() as here:
            self._check(here)
            self._keeper.save(self._key, session)
            here.remove(self._note)

    def settle(self) -> None:
        """See `Lease`."""
        with self._folder.opened() as here:
            self._check(here)
            here.remove(self._note)

    def release(self) -> None:
        """See `Lease`."""
        lock, self._lock = self._lock, None
        if lock is not None and self._pid == os.getpid():
            unlock(lock)
        elif lock is not None:
            os.close(lock)  # a child has got a copy of it, by a fork; the lock is the parent's

    def __del__(self) -> None:
        self.release()

    @property
    def _note(self) -> str:
        return f"{self._key.digest}.begun"

    def _check(self, here: OpenFolder) -> None:
        """See that the locked file is the one that everybody else would lock."""
        if self._lock is None:
            raise LockLost("This lease has been released")
        if not here.is_at(_lock_name(self._key), self._lock):
            raise LockLost("The lock file was removed while it was held")


def acquire(folder: Folder, keeper: Keeper, key: SessionKey) -> FileLease | None:
    """Return the lease of a key, or `None` where somebody holds it."""
    with folder.opened() as here:
        lock = locked(here, _lock_name(key))
    if lock is None:
        return None
    lease = FileLease(folder, keeper, key, lock)
    try:
        lease.look()
    except StoreError:
        lease.release()
        raise
    return lease


@contextmanager
def writing(here: OpenFolder) -> Iterator[None]:
    """Let nobody else write into the folder for a moment.

    Raises:
        StoreError: another process has been writing for too long; it hangs.
    """
    end = time.monotonic() + WRITERS_WAIT
    while (lock := locked(here, _WRITING)) is None:
        if time.monotonic() >= end:
            raise StoreError(f"Another process has been writing a session for {WRITERS_WAIT:g} seconds")
        time.sleep(0.005)
    try:
        yield
    finally:
        unlock(lock)


def locked(here: OpenFolder, name: str) -> int | None:
    """Lock a file, which is made where there is none; return its descriptor, or `None` where it is locked.

    Raises:
        StoreError: the file cannot be made, or is not safe.
    """
    lock = here.open(name, os.O_RDWR | os.O_CREAT)
    if lock is None:
        raise StoreError("The folder of the sessions was removed meanwhile")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        os.close(lock)
        if isinstance(exc, BlockingIOError):
            return None
        why = exc.strerror
    else:
        return lock
    raise StoreError(f"The lock of the sessions cannot be taken: {why}")


def unlock(lock: int) -> None:
    """Give up a lock, and close its file: that alone would not do where a child of this process has it open, too."""
    with suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_UN)
    os.close(lock)


def _lock_name(key: SessionKey) -> str:
    return f"{key.digest}.lock"
