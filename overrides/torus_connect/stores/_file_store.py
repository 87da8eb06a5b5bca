"""Sessions in files, one for each key: the default, safe between processes, and through `kill -9` at any instant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torus_connect.secret import half_built_too

from ._codec import decode, encode
from ._errors import StoreError
from ._file_lock import FileLease, FileLock
from ._folder import Folder, state_folder

if TYPE_CHECKING:
    from torus_connect._credentials.session import Session

    from ._protocol import SessionKey


class FileStore:
    """Keeps each session in `<digest>.session`, mode 0600, in a folder of mode 0700.

    A file that others can read, a link, or another user's is refused. The token is in it as it is: this user can read
    it, and root.

    Args:
        path: the folder; the one of this platform for what is to be kept, by default.
    """

    __slots__ = ("_folder",)

    def __init__(self, path: str | Path | None = None) -> None:
        self._folder = Folder(state_folder() if path is None else Path(path))

    def path(self, key: SessionKey) -> Path:
        """Return the path of the file of a key; it need not exist."""
        return self._folder.path / f"{key.digest}.session"

    def load(self, key: SessionKey) -> Session | None:
        """See `SessionStore`."""
        with self._folder.opened() as here, here:
            kept = here.read(f"{key.digest}.session")
        if kept is None:
            return None
        try:
            return decode(key, bytes(kept))
        except StoreError as exc:
            why = exc.args[0]
        raise StoreError(f"{self.path(key)}: {why}")

    def save(self, key: SessionKey, session: Session) -> None:
        """See `SessionStore`."""
        content = memoryview(encode(key, session))
        with self._folder.opened() as here, here, FileLock() as lock, lock:
            lock.take_to_write(here)
            here.write(f"{key.digest}.session", content, by_way_of=f"{key.digest}.new")

    def delete(self, key: SessionKey) -> None:
        """See `SessionStore`."""
        with self._folder.opened() as here, here, FileLock() as lock, lock:
            lock.take_to_write(here)
            here.remove(f"{key.digest}.session", f"{key.digest}.new")

    def lease(self, key: SessionKey) -> FileLease:
        """See `SessionStore`."""
        return FileLease(self._folder, self, key)

    def check(self, key: SessionKey) -> None:
        """See `Keeper`."""
        with self._folder.opened() as here, here, FileLock() as lock, lock:
            lock.take_to_write(here)
            here.try_to_write(f"{key.digest}.new")

    def version(self, key: SessionKey) -> str:
        """See `Keeper`."""
        with self._folder.opened() as here, here:
            return here.identity(f"{key.digest}.session")

    def close(self) -> None:
        """See `SessionStore`; there is nothing to let go of."""

    @half_built_too
    def __repr__(self) -> str:
        return f"<FileStore {self._folder.path}>"
