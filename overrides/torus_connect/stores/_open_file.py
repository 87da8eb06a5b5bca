"""An open file that only the user of this process may use, a lock on one, and a secret in one.

Windows (prepared, not verified): it has no owners and modes of this kind, so that neither is set or checked there. A
file is as private as its folder: the one of this platform is in the user's profile, which nobody else but an
administrator can read. Locks are those of `msvcrt`.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from weakref import WeakSet

from torus_connect._ownership import Owner
from torus_connect.errors import ConfigurationError
from torus_connect.secret import Secret

from ._errors import StoreError

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]
    msvcrt: Any = import_module("msvcrt")  # Windows

_OPEN_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""For `os.open`: a program that this process becomes does not inherit it, and a pipe is not waited for."""

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
HAS_DIR_FD = os.open in os.supports_dir_fd
HAS_OWNERS = hasattr(os, "geteuid")
_MOST_OF_A_SECRET = 64 * 1024
_LOCKED = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


class OpenFile(Owner):
    """An open file or folder; `None` for its number where it is not open."""

    def __init__(self) -> None:
        self._numbers: list[int] = []

    @property
    def number(self) -> int | None:
        """Its number, for `os` and `fcntl`."""
        return self._numbers[0] if self._numbers else None

    def open(self, path: str | Path, flags: int, *, below: int | None = None) -> int:
        """Open a file, or make one of mode 0600; return its number.

        Args:
            path: where; a link is not followed.
            flags: as for `os.open`.
            below: the number of the folder that a relative path begins at.

        Raises:
            OSError: as `os.open` does.
        """
        if not _NO_FOLLOW and Path(path).is_symlink():
            raise OSError(errno.ELOOP, "it is a link")
        # `extend`, `map` and `partial` come to `os.open` and back without a step of Python.
        opened = partial(os.open, mode=0o600, dir_fd=below)
        self._numbers.extend(map(opened, [path], [flags | _OPEN_FLAGS | _NO_FOLLOW]))
        return self._numbers[0]

    def release(self) -> None:
        """See `Owner`."""
        if self._numbers:
            # In one step, too: were a number closed twice, it might be another file's by then.
            with suppress(OSError):
                next(map(os.close, map(self._numbers.pop, [0])))


class FileLock(OpenFile):
    """A lock on a file, which the system gives up with the process that holds it."""

    def __init__(self) -> None:
        super().__init__()
        _locks.add(self)

    def take(self, open_it: Callable[[str, int, OpenFile], int | None], name: str) -> bool:
        """Lock a file, which is made where there is none; return `False` where it is locked.

        Args:
            open_it: opens it in its folder: see `Folder.open`.
            name: the file.

        Raises:
            StoreError: the file cannot be made, is not safe, or cannot be locked.
        """
        if self.number is not None:
            return True
        self._pid = os.getpid()
        number = open_it(name, os.O_RDWR | os.O_CREAT, self)
        if number is None:
            raise StoreError("The folder of the sessions was removed meanwhile")
        try:
            _lock(number)
        except OSError as exc:
            self.release()
            if exc.errno in _LOCKED:
                return False
            raise StoreError(f"The lock of the sessions cannot be taken: {exc.strerror}") from None
        return True

    def release(self) -> None:
        """See `Owner`."""
        # A child process may have it open, too: closing it here alone does not unlock it, and unlocking it there would.
        if self.number is not None and self._pid == os.getpid():
            with suppress(OSError):
                _lock(self.number, release=True)
        super().release()


_locks = WeakSet[FileLock]()


def _let_go() -> None:
    """Close the locks of the parent in a child process, which has them, too, and might outlive it."""
    for lock in list(_locks):
        lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


def fault_of(found: os.stat_result, kind: str) -> str | None:
    """Return why a `folder` or a `file` may hold no secret; `None` where it may."""
    if kind == "folder" and not stat.S_ISDIR(found.st_mode):
        return "it is a link, or no folder"
    if kind == "file" and not stat.S_ISREG(found.st_mode):
        return "it is no regular file"
    if kind == "file" and found.st_nlink > 1:
        return "it has a second name (a hard link)"
    if not HAS_OWNERS:
        return None
    if found.st_uid != os.geteuid():
        return f"it belongs to another user (uid {found.st_uid})"
    if stat.S_IMODE(found.st_mode) & 0o077:
        right = "700" if kind == "folder" else "600"
        return f"others may use it (its mode is {stat.S_IMODE(found.st_mode):03o}, and must be {right})"
    return None


def secret_of_file(name: str, path: str) -> Secret:
    """Return what is in a file that nobody but the user of this process may use.

    Args:
        name: what named the file, for the message.
        path: where it is; a link is followed, as a deployment may have put one there.

    Raises:
        ConfigurationError: it is missing or not safe; the message names neither the path nor anything of the file.
    """
    try:
        number = os.open(path, os.O_RDONLY | _OPEN_FLAGS)
        try:
            fault = fault_of(os.fstat(number), "file")
            if not fault:
                return Secret(os.read(number, _MOST_OF_A_SECRET).decode("utf-8", "replace"))
        finally:
            os.close(number)
    except (OSError, ValueError) as exc:
        fault = getattr(exc, "strerror", None) or "it is no path"
    raise ConfigurationError(f"{name} is not used: {fault}")


def _lock(number: int, *, release: bool = False) -> None:
    """Lock or unlock an open file. Raises `OSError`, at once where it is locked."""
    if fcntl:
        fcntl.flock(number, fcntl.LOCK_UN if release else fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:  # its first byte, which need not be there
        msvcrt.locking(number, msvcrt.LK_UNLCK if release else msvcrt.LK_NBLCK, 1)
