"""A folder for secrets, and files in it that are whole or not there, whatever happens.

Folder and files belong to the user of this process and nobody else may read them; a link is not followed. Where the
system can, everything is done below an open folder, so that nobody can put another one in its place meanwhile. Of
Windows, see `_open_file`.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from torus_connect._config.checks import from_environment
from torus_connect._ownership import Owner
from torus_connect.errors import ConfigurationError

from ._errors import StoreError
from ._open_file import HAS_DIR_FD, HAS_OWNERS, FileLock, OpenFile, fault_of

NAME = "torus-connect"
MAX_BYTES = 4 * 1024 * 1024
"""More than a session can have: a reply has at most 1 MiB, which JSON may escape."""
ROOM = 16 * 1024
"""Bytes: more than a session usually has, and the note beside it."""
WRITERS_WAIT = 10.0
"""Seconds within which another process finishes writing one small file, unless something is very wrong."""
# Elsewhere than on Linux and its like.
_VARIABLES = {"darwin": "", "win32": "LOCALAPPDATA"}
_BELOW_HOME = {"darwin": ("Library", "Application Support"), "win32": ("AppData", "Local")}


def state_folder() -> Path:
    """Return the folder for what is to be stored, where the platform has such things; it need not exist.

    Raises:
        ConfigurationError: the user of this process has no home, or `HOME` is empty or relative.
    """
    given = from_environment(_VARIABLES.get(sys.platform, "XDG_STATE_HOME")) or ""
    if Path(given).is_absolute():  # a relative one is to be ignored (XDG Base Directory Specification)
        return Path(given, NAME)
    with suppress(RuntimeError):
        home = Path.home()
        if home.is_absolute() and from_environment("HOME") != "":  # which would stand for /
            return home.joinpath(*_BELOW_HOME.get(sys.platform, (".local", "state")), NAME)
    raise ConfigurationError("store is missing: this user has no home folder (HOME), so set TORUS_SESSION_STORE")


class Folder(Owner):
    """A folder of mode 0700, and files of mode 0600 in it: `with Folder(path) as here, here:`.

    It is opened when the first file is asked for, and made then, and so are those that it is in. Every method raises
    `StoreError`.

    Attributes:
        path: where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._folder = OpenFile()
        self._writing = FileLock()

    def release(self) -> None:
        """See `Owner`."""
        self._writing.release()
        self._folder.release()

    def lock_to_write(self) -> None:
        """Let nobody else write into the folder, until it is released.

        Raises:
            StoreError: as for `FileLock.take`; or another process has been writing for too long, for it hangs.
        """
        end = time.monotonic() + WRITERS_WAIT
        while not self._writing.take(self.open, "writing.lock"):
            if time.monotonic() >= end:
                raise StoreError(f"Another process has been writing into {self.path} for {WRITERS_WAIT:g} seconds")
            time.sleep(0.005)

    def open(self, name: str, flags: int, file: OpenFile) -> int | None:
        """Open a safe file; return its number, or `None` where there is none, and `flags` make none.

        Args:
            name: the file.
            flags: as for `os.open`.
            file: what owns it from then on.
        """
        here, path = self._at(name)
        with suppress(FileNotFoundError), self._errors(name, "is not used", may_be_missing=True):
            number = file.open(path, flags, below=here)
            fault = fault_of(os.fstat(number), "file")
            if fault:
                raise StoreError(f"{self.path / name} is not used: {fault}")
            return number
        return None

    def read(self, name: str) -> memoryview | None:
        """Return what is in a file, `None` where there is no such file; it shows nothing of itself in a frame."""
        if not HAS_DIR_FD:  # where a file that somebody reads cannot be replaced, either
            self.lock_to_write()
        with OpenFile() as file, file:
            number = self.open(name, os.O_RDONLY, file)
            if number is None:
                return None
            with self._errors(name, "cannot be read"), open(number, "rb", closefd=False) as stream:
                return memoryview(stream.read(MAX_BYTES))

    def is_at(self, name: str, held: int) -> bool:
        """Return whether an open file is, still, the one of this name."""
        found = self._status(name)
        return found is not None and os.path.samestat(found, os.fstat(held))

    def version(self, name: str) -> str:
        """Return what tells one version of a file from the next; empty where there is no such file."""
        found = self._status(name)
        return "" if found is None else f"{found.st_ino} {found.st_mtime_ns}"

    def write(self, name: str, content: memoryview, *, by_way_of: str) -> None:
        """Put content into a file in the place of what was in it: whole, or not at all, and for good.

        Args:
            name: the file.
            content: as a `memoryview`, which shows nothing of itself in the frame of an error.
            by_way_of: a name for the file while it is written; nobody else may write it meanwhile.
        """
        here, path = self._at(name)
        with self._errors(name, "cannot be written"):
            try:
                self._write(by_way_of, content)
                os.replace(self._at(by_way_of)[1], path, src_dir_fd=here, dst_dir_fd=here)
            finally:
                self._unlink(by_way_of)  # where it could not be put there
            self._sync()

    def try_to_write(self, name: str) -> None:
        """See that a file can be written, and that there is room for it; nothing is left of that."""
        self.write(name, memoryview(os.urandom(ROOM)), by_way_of=name)  # which is gone when it has been written

    def remove(self, *names: str) -> None:
        """Remove files for good; does nothing where there are none."""
        for name in names:
            with self._errors(name, "cannot be removed"):
                self._unlink(name)
                self._sync()

    def _at(self, name: str) -> tuple[int | None, str | Path]:
        """Return the number of the folder, where the system has such, and the path of a file from there."""
        if self._folder.number is not None:
            return self._folder.number, name
        with self._errors("", "is not used"):
            # Each with this mode: `parents=True` gives those above the one that is usual.
            for each in reversed([self.path, *self.path.parents]):
                if not each.exists():
                    each.mkdir(mode=0o700, exist_ok=True)
            number = self._folder.open(self.path, os.O_RDONLY | os.O_DIRECTORY) if HAS_DIR_FD else None
            found = os.lstat(self.path) if number is None else os.fstat(number)
        fault = fault_of(found, "folder")
        if fault:
            self.release()
            raise StoreError(f"{self.path} is not used: {fault}")
        return number, self.path / name if number is None else name

    def _status(self, name: str) -> os.stat_result | None:
        here, path = self._at(name)
        with suppress(FileNotFoundError), self._errors(name, "is not used", may_be_missing=True):
            return os.stat(path, dir_fd=here, follow_symlinks=False)
        return None

    def _write(self, name: str, content: memoryview) -> None:
        self._unlink(name)  # of a writer that was killed
        here, path = self._at(name)
        with OpenFile() as file, file:
            number = file.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, below=here)
            if HAS_OWNERS:
                os.fchmod(number, 0o600)  # whatever the umask took away
            while content:
                content = content[os.write(number, content) :]
            os.fsync(number)

    def _unlink(self, name: str) -> None:
        here, path = self._at(name)
        with suppress(FileNotFoundError):
            os.unlink(path, dir_fd=here)

    def _sync(self) -> None:
        if self._folder.number is not None:
            os.fsync(self._folder.number)

    @contextmanager
    def _errors(self, name: str, what: str, *, may_be_missing: bool = False) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as exc:
            if may_be_missing and isinstance(exc, FileNotFoundError):
                raise  # were it swallowed here, it would keep the frames of its callers, and a lease in them
            link = getattr(exc, "errno", None) in (errno.ELOOP, errno.ENOTDIR)
            why = "it is a link, or no folder" if link else getattr(exc, "strerror", None) or "it is no path"
            raise StoreError(f"{self.path / name} {what}: {why}") from None
