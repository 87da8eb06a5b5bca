"""A folder for secrets, and files in it that are whole or not there, whatever happens.

Folder and files belong to the user of this process and nobody else may read them; a link is not followed. Everything is
done below an open folder, so that nobody can put another one in its place meanwhile.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from torus_connect._config.checks import from_environment
from torus_connect._ownership import Descriptor, Owner
from torus_connect.errors import ConfigurationError

from ._errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "torus-connect"
POSIX = os.name == "posix"
MAX_BYTES = 4 * 1024 * 1024
"""More than a session can have: a reply has at most 1 MiB, which JSON may escape."""
ROOM = 16 * 1024
"""Bytes: more than a session usually has, and the note beside it."""

# Elsewhere than on Linux and its like.
_VARIABLES = {"darwin": "", "win32": "LOCALAPPDATA"}
_BELOW_HOME = {"darwin": ("Library", "Application Support"), "win32": ("AppData", "Local")}


def state_folder() -> Path:
    """Return the folder for what is to be kept, where the platform has such things; it need not exist.

    Raises:
        ConfigurationError: the user of this process has no home.
    """
    kept = from_environment(_VARIABLES.get(sys.platform, "XDG_STATE_HOME")) or ""
    if Path(kept).is_absolute():  # a relative one is to be ignored (XDG Base Directory Specification)
        return Path(kept, NAME)
    try:
        return Path.home().joinpath(*_BELOW_HOME.get(sys.platform, (".local", "state")), NAME)
    except RuntimeError:
        raise ConfigurationError("store is missing: this user has no home, so set TORUS_SESSION_STORE") from None


class Folder:
    """A folder of mode 0700, and files of mode 0600 in it.

    Args:
        path: where; it is made when it is first opened, and so are those that it is in.
    """

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path

    def opened(self) -> OpenFolder:
        """Return the folder, to be opened: `with folder.opened() as here, here:`."""
        return OpenFolder(self.path)


class OpenFolder(Owner):
    """The files of a folder, by name, which is opened when the first of them is asked for.

    Every method raises `StoreError`; `ConfigurationError` where this platform has no such folders.
    """

    __slots__ = ("_folder", "_path")

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder = Descriptor()

    def release(self) -> None:
        """See `Owner`."""
        self._folder.release()

    def open(self, name: str, flags: int, file: Descriptor) -> int | None:
        """Open a safe file; return its number, or `None` where there is none, and `flags` make none.

        Args:
            name: the file.
            flags: as for `os.open`.
            file: what owns it from then on.
        """
        here = self._number()
        try:
            with self._told(name, "is not used", missing_is_an_error=False):
                number = file.open(name, flags | os.O_NONBLOCK, below=here)
        except FileNotFoundError:
            return None
        fault = fault_of(os.fstat(number), "file")
        if fault:
            raise StoreError(f"{self._path / name} is not used: {fault}")
        return number

    def read(self, name: str) -> memoryview | None:
        """Return what is in a file, `None` where there is no such file; it shows nothing of itself in a frame."""
        with Descriptor() as file, file:
            number = self.open(name, os.O_RDONLY, file)
            if number is None:
                return None
            with self._told(name, "cannot be read"), open(number, "rb", closefd=False) as stream:
                return memoryview(stream.read(MAX_BYTES))

    def is_at(self, name: str, held: int) -> bool:
        """Return whether an open file is, still, the one of this name."""
        found = self._status(name)
        return found is not None and os.path.samestat(found, os.fstat(held))

    def identity(self, name: str) -> str:
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
        here = self._number()
        with self._told(name, "cannot be written"):
            try:
                self._write(by_way_of, content)
                os.replace(by_way_of, name, src_dir_fd=here, dst_dir_fd=here)
            except BaseException:
                self._unlink(by_way_of)
                raise
            os.fsync(here)

    def try_to_write(self, name: str) -> None:
        """See that a file can be written, and that there is room for it; nothing is left of that."""
        with self._told(name, "cannot be written"):
            try:
                self._write(name, memoryview(os.urandom(ROOM)))
            finally:
                self._unlink(name)

    def remove(self, *names: str) -> None:
        """Remove files for good; does nothing where there are none."""
        here = self._number()
        for name in names:
            with self._told(name, "cannot be removed"), suppress(FileNotFoundError):
                os.unlink(name, dir_fd=here)
        with self._told("", "cannot be changed"):
            os.fsync(here)

    def _number(self) -> int:
        """Return the number of the folder, which is made and opened when it is first needed."""
        if self._folder.number is not None:
            return self._folder.number
        if not POSIX:
            raise ConfigurationError("store cannot be on files here: owners, modes and locks are those of POSIX")
        with self._told("", "is not used"):
            # Each with this mode: `parents=True` gives those above the one that is usual.
            for each in reversed([self._path, *self._path.parents]):
                if not each.exists():
                    each.mkdir(mode=0o700, exist_ok=True)
            number = self._folder.open(self._path, os.O_RDONLY | os.O_DIRECTORY)
        fault = fault_of(os.fstat(number), "folder")
        if fault:
            self.release()
            raise StoreError(f"{self._path} is not used: {fault}")
        return number

    def _status(self, name: str) -> os.stat_result | None:
        here = self._number()
        try:
            with self._told(name, "is not used", missing_is_an_error=False):
                return os.stat(name, dir_fd=here, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def _write(self, name: str, content: memoryview) -> None:
        self._unlink(name)  # of a writer that was killed
        with Descriptor() as file, file:
            number = file.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, below=self._number())
            os.fchmod(number, 0o600)  # whatever the umask took away
            while content:
                content = content[os.write(number, content) :]
            os.fsync(number)

    def _unlink(self, name: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._number())

    @contextmanager
    def _told(self, name: str, what: str, *, missing_is_an_error: bool = True) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as exc:
            if isinstance(exc, FileNotFoundError) and not missing_is_an_error:
                raise
            link = getattr(exc, "errno", None) in (errno.ELOOP, errno.ENOTDIR)
            why = "it is a link, or no folder" if link else getattr(exc, "strerror", None) or "it is no path"
            raise StoreError(f"{self._path / name} {what}: {why}") from None


def fault_of(found: os.stat_result, kind: str) -> str | None:
    """Return why a `folder` or a `file` may hold no secret; `None` where it may."""
    if kind == "file" and not stat.S_ISREG(found.st_mode):
        return "it is no regular file"
    if kind == "file" and found.st_nlink > 1:
        return "it has a second name (a hard link)"
    if found.st_uid != os.geteuid():
        return f"it belongs to another user (uid {found.st_uid})"
    if stat.S_IMODE(found.st_mode) & 0o077:
        right = "700" if kind == "folder" else "600"
        return f"others may use it (its mode is {stat.S_IMODE(found.st_mode):03o}, and must be {right})"
    return None
