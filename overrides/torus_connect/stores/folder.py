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

from torus_connect.checks import from_environment
from torus_connect.errors import ConfigurationError

from .errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "torus-connect"
POSIX = os.name == "posix"
MAX_BYTES = 4 * 1024 * 1024
"""More than a session can have: a reply has at most 1 MiB, which JSON may escape."""

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
        path: where; it is made when it is first opened.
    """

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def opened(self) -> Iterator[OpenFolder]:
        """Yield the folder, open.

        Raises:
            ConfigurationError: this platform has no such folders.
            StoreError: it cannot be made or opened, or is not safe.
        """
        number = self._open()
        try:
            yield OpenFolder(number)
        finally:
            os.close(number)

    def _open(self) -> int:
        if not POSIX:
            raise ConfigurationError("store cannot be on files here: owners, modes and locks are those of POSIX")
        with _told("The folder of the sessions is not used"):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            number = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        return _safe(number, "folder")


class OpenFolder:
    """The files of an open folder, by name. Every method raises `StoreError`, whose message names no path."""

    __slots__ = ("_number",)

    def __init__(self, number: int) -> None:
        self._number = number

    def open(self, name: str, flags: int) -> int | None:
        """Open a safe file and return its descriptor; `None` where there is none, and `flags` make none."""
        try:
            with _told("A file of the sessions is not used", missing_is_an_error=False):
                number = os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600, dir_fd=self._number)
        except FileNotFoundError:
            return None
        return _safe(number, "file")

    def read(self, name: str) -> memoryview | None:
        """Return what is in a file, `None` where there is no such file; it shows nothing of itself in a frame."""
        number = self.open(name, os.O_RDONLY)
        if number is None:
            return None
        with _told("A file of the sessions cannot be read"), os.fdopen(number, "rb") as file:
            return memoryview(file.read(MAX_BYTES))

    def is_at(self, name: str, held: int) -> bool:
        """Return whether an open file is, still, the one of this name."""
        try:
            with _told("A file of the sessions is not used", missing_is_an_error=False):
                found = os.stat(name, dir_fd=self._number, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return os.path.samestat(found, os.fstat(held))

    def identity(self, name: str) -> str:
        """Return what tells one version of a file from the next; empty where there is no such file."""
        try:
            with _told("A file of the sessions is not used", missing_is_an_error=False):
                found = os.stat(name, dir_fd=self._number, follow_symlinks=False)
        except FileNotFoundError:
            return ""
        return f"{found.st_ino} {found.st_mtime_ns}"

    def write(self, name: str, content: memoryview, *, by_way_of: str) -> None:
        """Put content into a file in the place of what was in it: whole, or not at all, and for good.

        Args:
            name: the file.
            content: as a `memoryview`, which shows nothing of itself in the frame of an error.
            by_way_of: a name for the file while it is written; nobody else may write it meanwhile.
        """
        with _told("A file of the sessions cannot be written"):
            try:
                self._write(by_way_of, content)
                os.replace(by_way_of, name, src_dir_fd=self._number, dst_dir_fd=self._number)
            except OSError:
                with suppress(OSError):
                    os.unlink(by_way_of, dir_fd=self._number)
                raise
            os.fsync(self._number)

    def remove(self, *names: str) -> None:
        """Remove files for good; does nothing where there are none."""
        with _told("A file of the sessions cannot be removed"):
            for name in names:
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=self._number)
            os.fsync(self._number)

    def _write(self, name: str, content: memoryview) -> None:
        with suppress(FileNotFoundError):  # of a writer that was killed
            os.unlink(name, dir_fd=self._number)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(name, flags, 0o600, dir_fd=self._number), "wb") as file:
            os.fchmod(file.fileno(), 0o600)  # whatever the umask took away
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def _safe(number: int, kind: str) -> int:
    """Return an open descriptor, if a folder or a file may hold a secret; close and refuse it otherwise."""
    fault = fault_of(os.fstat(number), kind)
    if fault is None:
        return number
    os.close(number)
    raise StoreError(f"A {kind} of the sessions is not used: {fault}")


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


@contextmanager
def _told(what: str, *, missing_is_an_error: bool = True) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as exc:
        if isinstance(exc, FileNotFoundError) and not missing_is_an_error:
            raise
        link = getattr(exc, "errno", None) in (errno.ELOOP, errno.ENOTDIR)
        why = "it is a link, or no folder" if link else getattr(exc, "strerror", None) or "it is no path"
        raise StoreError(f"{what}: {why}") from None
