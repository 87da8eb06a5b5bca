"""Uses the file store, and a file with a secret, on a system that lacks what Windows lacks: `without_posix.py FOLDER`.

It stands in for a run on Windows, which these tests cannot make: `fcntl` cannot be imported, `os` lacks the names that
it lacks there and takes no `dir_fd`, a file that somebody has open cannot be replaced, and `msvcrt` locks as it does
there: a byte of a file for one handle, with `PermissionError` where it is locked.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sys
import threading
import time
import types
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

locked: list[int] = []


def locking(number: int, mode: int, size: int) -> None:
    assert size == 1
    try:
        fcntl.flock(number, fcntl.LOCK_UN if mode == 0 else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise PermissionError(errno.EACCES, "Permission denied") from None
    locked.append(mode)


def without_dir_fd(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        for name in ("dir_fd", "src_dir_fd", "dst_dir_fd"):
            if options.pop(name, None) is not None:
                raise NotImplementedError(f"{name} unavailable on this platform")
        return function(*args, **options)

    return call


def replace_unless_open(source: str, target: str) -> None:
    if os.path.exists(target):  # noqa: PTH110 - as it is called in `os`
        inode = os.stat(target).st_ino  # noqa: PTH116
        for number in os.listdir("/proc/self/fd"):  # noqa: PTH208
            try:
                found = os.fstat(int(number))
            except OSError:
                continue
            if found.st_ino == inode:
                raise PermissionError(errno.EACCES, "The process cannot access the file")
    os.rename(source, target)  # noqa: PTH104


def become_windows() -> None:
    windows: Any = types.ModuleType("msvcrt")
    windows.LK_UNLCK, windows.LK_NBLCK, windows.locking = 0, 2, locking
    sys.modules["msvcrt"] = windows
    for module in ("fcntl", "resource", "pwd", "grp", "termios"):
        sys.modules[module] = None  # type: ignore[assignment]
    missing = ["O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "O_DIRECTORY", "fchmod", "fchown", "chown", "fork", "mkfifo"]
    missing += ["geteuid", "getuid", "getegid", "getgid", "killpg", "register_at_fork", "posix_spawn"]
    for name in missing:
        delattr(os, name)
    for name in ("open", "stat", "unlink"):
        setattr(os, name, without_dir_fd(getattr(os, name)))
    os.replace = without_dir_fd(replace_unless_open)
    os.supports_dir_fd = set()
    fsync = os.fsync

    def fsync_of_files(number: int) -> None:
        assert os.fstat(number).st_mode & 0o170000 == 0o100000, "Windows opens no folder"
        fsync(number)

    os.fsync = fsync_of_files  # type: ignore[assignment]


def use(folder: Path) -> None:
    # Not before it is Windows.
    from torus_connect import LockLost, Session, StoreError
    from torus_connect.stores import SessionKey
    from torus_connect.stores._file_store import FileStore
    from torus_connect.stores._open_file import secret_of_file

    key = SessionKey("https://host.example/api/v1", "demo-api-key", "a-user")
    session = Session("demo-access-token-not-real", base_url="https://host.example/api/v1")
    store, other = FileStore(folder), FileStore(folder)
    assert store.load(key) is None
    store.save(key, session)
    found = other.load(key)
    assert found
    assert found.access_token == session.access_token

    lease = store.lease(key)
    assert lease.acquire()
    assert not other.lease(key).acquire()
    lease.begin()
    lease.release()
    again = other.lease(key)
    assert again.acquire()
    assert again.unfinished
    again.begin()
    again.save(session)
    again.release()
    with pytest.raises(LockLost):
        again.begin()

    write_and_read(lambda: store.save(key, session), lambda: other.load(key))

    path = store.path(key)
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))
    with pytest.raises(StoreError, match="it is a link"):
        store.load(key)
    store.delete(key)
    assert store.load(key) is None
    linked = folder.with_name("linked")
    linked.symlink_to(folder)
    with pytest.raises(StoreError, match="it is a link, or no folder"):
        FileStore(linked).load(key)
    assert set(locked) == {0, 2}, "the locks were those of Windows"

    (folder / "key").write_text("demo-secret\n")
    assert secret_of_file("the key", str(folder / "key")) == "demo-secret\n"


def write_and_read(write: Callable[[], object], read: Callable[[], object]) -> None:
    """Write while another thread reads, which has the file open for a while: neither gets in the way of the other."""
    over = threading.Event()
    fstat, reader = os.fstat, []

    def slow_fstat(number: int) -> os.stat_result:
        if threading.get_ident() in reader:
            time.sleep(0.02)
        return fstat(number)

    os.fstat = slow_fstat  # type: ignore[assignment]

    def read_on() -> None:
        reader.append(threading.get_ident())
        while not over.wait(0.001):
            assert read()

    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(read_on)
        try:
            for _ in range(10):
                write()
        finally:
            over.set()
        reading.result()


if __name__ == "__main__":
    become_windows()
    use(Path(sys.argv[1]))
    print("used")  # noqa: T201 - for the test
