"""Sessions in files, one for each key: the default, safe between processes, and through `kill -9` at any instant."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from torus_connect.secret import half_built_too

from ._codec import decode, encode
from ._errors import LockLost, StoreError
from ._folder import Folder, state_folder
from ._open_file import FileLock

if TYPE_CHECKING:
    from torus_connect._credentials.session import Session

    from ._keyring import KeyringStore
    from ._protocol import SessionKey


class FileStore:
    """Stores each session in `<digest>.session`, mode 0600, in a folder of mode 0700.

    A file that others can read, a link, or another user's is refused. The token is in it as it is: this user can read
    it, and root. On Windows (prepared, not verified), modes say nothing: the files are as private as the folder, so
    leave them in the user's profile.

    Args:
        path: the folder; the one of this platform for what is to be stored, by default.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self._path = state_folder() if path is None else Path(path)

    def path(self, key: SessionKey) -> Path:
        """Return the path of the file of a key; it need not exist."""
        return self._path / f"{key.digest}.session"

    def load(self, key: SessionKey) -> Session | None:
        """See `SessionStore`."""
        with Folder(self._path) as here, here:
            stored = here.read(f"{key.digest}.session")
        if stored is None:
            return None
        try:
            return decode(key, bytes(stored))
        except StoreError as exc:
            why = exc.args[0]
        raise StoreError(f"{self.path(key)}: {why}")

    def save(self, key: SessionKey, session: Session) -> None:
        """See `SessionStore`."""
        content = memoryview(encode(key, session))
        with Folder(self._path) as here, here:
            here.lock_to_write()
            here.write(f"{key.digest}.session", content, by_way_of=f"{key.digest}.new")

    def delete(self, key: SessionKey) -> None:
        """See `SessionStore`."""
        with Folder(self._path) as here, here:
            here.lock_to_write()
            here.remove(f"{key.digest}.session", f"{key.digest}.new")

    def lease(self, key: SessionKey) -> FileLease:
        """See `SessionStore`."""
        return FileLease(self._path, self, key)

    def check(self, key: SessionKey) -> None:
        """See that a session could be stored."""
        with Folder(self._path) as here, here:
            here.lock_to_write()
            here.try_to_write(f"{key.digest}.new")

    def version(self, key: SessionKey) -> str:
        """Return what tells one stored session from the next; empty where there is none."""
        with Folder(self._path) as here, here:
            return here.version(f"{key.digest}.session")

    def close(self) -> None:
        """See `SessionStore`; there is nothing to let go of."""

    @half_built_too
    def __repr__(self) -> str:
        return f"<FileStore {self._path}>"


class FileLease:
    """See `Lease`. The lock is on `<digest>.lock`, the note of an exchange in `<digest>.begun`.

    The note says which session was there before: one that is followed by another session is settled, even where its
    holder was killed before they could clear it.
    """

    def __init__(self, path: Path, store: FileStore | KeyringStore, key: SessionKey) -> None:
        self._lock = FileLock()
        self._path = path
        self._store = store
        self._key = key
        self.unfinished = False

    def acquire(self) -> bool:
        """See `Lease`."""
        with Folder(self._path) as here, here:
            if not self._lock.take(here.open, f"{self._key.digest}.lock"):
                return False
            noted = here.read(f"{self._key.digest}.begun")
        now = self._store.version(self._key)
        self.unfinished = noted is not None and (not now or bytes(noted) == now.encode())
        return True

    def check(self) -> None:
        """See `Lease`."""
        self._store.check(self._key)

    def begin(self) -> None:
        """See `Lease`."""
        self.check()
        before = memoryview(self._store.version(self._key).encode())
        with Folder(self._path) as here, here:
            self._see_that_it_is_held(here)
            # Nobody else writes it: the lock is ours.
            here.write(f"{self._key.digest}.begun", before, by_way_of=f"{self._key.digest}.begun.new")

    def save(self, session: Session | None) -> None:
        """See `Lease`."""
        with Folder(self._path) as here, here:
            self._see_that_it_is_held(here)
            if session is None:
                self._store.delete(self._key)
                return
            self._store.save(self._key, session)
            with suppress(StoreError):  # the session is stored, which settles the note
                here.remove(f"{self._key.digest}.begun")

    def settle(self) -> None:
        """See `Lease`."""
        with Folder(self._path) as here, here:
            self._see_that_it_is_held(here)
            here.remove(f"{self._key.digest}.begun")

    def release(self) -> None:
        """See `Lease`."""
        self._lock.release()

    def __del__(self) -> None:
        with suppress(AttributeError):  # it is half made
            self._lock.release()

    def _see_that_it_is_held(self, here: Folder) -> None:
        """See that the locked file is the one that everybody else would lock."""
        if self._lock.number is None:
            raise LockLost("This lease is not held")
        if not here.is_at(f"{self._key.digest}.lock", self._lock.number):
            raise LockLost("The lock file was removed while it was held")
