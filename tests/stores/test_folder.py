"""What a file store leaves on the disk, and what it refuses to use."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.kept import BASE_URL, TOKEN, taken

from torus_connect import ConfigurationError, LockLost, Session, StoreError
from torus_connect.stores import SessionKey, _folder
from torus_connect.stores._file_store import FileStore
from torus_connect.stores._folder import Folder, state_folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277])
def test_nobody_else_may_read(file_store: FileStore, key: SessionKey, session: Session, umask: int) -> None:
    folder = file_store.path(key).parent
    folder.mkdir(0o700)
    before = os.umask(umask)
    try:
        file_store.save(key, session)
        lease = taken(file_store, key)
        lease.begin()
        lease.release()
    finally:
        os.umask(before)
    files = sorted(path.name.replace(key.digest, "key") for path in folder.iterdir())
    assert files == ["key.begun", "key.lock", "key.session", "writing.lock"]
    assert {mode(path) & 0o077 for path in folder.iterdir()} == {0}
    assert mode(file_store.path(key)) == 0o600


def test_the_folder_is_made_and_those_that_it_is_in(tmp_path: Path, key: SessionKey, session: Session) -> None:
    before = os.umask(0)
    try:
        FileStore(tmp_path / "one" / "two").save(key, session)
    finally:
        os.umask(before)
    assert (mode(tmp_path / "one"), mode(tmp_path / "one" / "two")) == (0o700, 0o700)


def test_no_name_tells_whose_it_is(file_store: FileStore, key: SessionKey, session: Session) -> None:
    file_store.save(key, session)
    for path in file_store.path(key).parent.iterdir():
        assert "demo-api-key" not in path.name
        assert "a-user" not in path.name


Harm = Callable[[Path], object]


def linked(path: Path) -> None:
    path.rename(path.with_suffix(".elsewhere"))
    path.symlink_to(path.with_suffix(".elsewhere"))


def piped(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


HARM: dict[str, tuple[Harm, str]] = {
    "its group may read": (lambda path: path.chmod(0o640), "its mode is 640"),
    "others may write": (lambda path: path.chmod(0o602), "its mode is 602"),
    "a symbolic link": (linked, "it is a link"),
    "a hard link": (lambda path: path.with_suffix(".second").hardlink_to(path), "second name"),
    "a pipe": (piped, "no regular file"),
    "another owner": (lambda path: os.chown(path, os.geteuid() + 1, -1), "belongs to another user"),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_file_that_is_refused(
    file_store: FileStore, key: SessionKey, session: Session, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_store.save(key, session)
    do, why = HARM[harm]
    if harm == "another owner" and os.geteuid() != 0:  # only root can give a file away; let this process be another
        monkeypatch.setattr(os, "geteuid", lambda: 0)
    else:
        do(file_store.path(key))
    with pytest.raises(StoreError, match=why) as caught:
        file_store.load(key)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("name", ["lock", "begun"])
def test_the_other_files_are_refused_likewise(
    file_store: FileStore, key: SessionKey, session: Session, name: str, tmp_path: Path
) -> None:
    file_store.save(key, session)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.touch(0o600)
    file_store.path(key).with_suffix(f".{name}").symlink_to(elsewhere)
    lease = file_store.lease(key)
    with pytest.raises(StoreError, match="it is a link"):
        lease.acquire()
    lease.release()
    file_store.path(key).with_suffix(f".{name}").unlink()
    taken(file_store, key).release()


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda path: path.chmod(0o750), "its mode is 750"),
        (lambda path: (path.rename(path.with_name("real")), path.symlink_to(path.with_name("real"))), "it is a link"),
        (lambda path: (path.rename(path.with_name("real")), path.touch()), "no folder|exists"),
    ],
)
@pytest.mark.parametrize("do", ["load", "save", "delete", "check"])
def test_a_folder_that_is_refused(
    file_store: FileStore, key: SessionKey, session: Session, harm: Harm, why: str, do: str
) -> None:
    file_store.save(key, session)
    harm(file_store.path(key).parent)
    with pytest.raises(StoreError, match=why):
        getattr(file_store, do)(key, *([session] if do == "save" else []))


def test_a_link_is_not_written_through(
    file_store: FileStore, key: SessionKey, session: Session, tmp_path: Path
) -> None:
    file_store.save(key, session)
    victim = tmp_path / "victim"
    victim.write_text("mine")
    for suffix in (".session", ".new"):
        path = file_store.path(key).with_suffix(suffix)
        path.unlink(missing_ok=True)
        path.symlink_to(victim)
        file_store.save(key, session)
        assert victim.read_text() == "mine"
    assert file_store.load(key)


def test_what_a_killed_writer_left_is_removed(file_store: FileStore, key: SessionKey, session: Session) -> None:
    file_store.save(key, session)
    left = file_store.path(key).with_suffix(".new")
    left.write_text(TOKEN)
    file_store.delete(key)
    assert not left.exists()


def test_a_full_disk_leaves_what_was_there(
    file_store: FileStore, key: SessionKey, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")
    file_store.save(key, session)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, hard))
    try:
        with pytest.raises(StoreError, match="cannot be written: File too large") as caught:
            file_store.save(key, Session("demo-second" * 99))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    kept = file_store.load(key)
    assert kept
    assert kept.access_token == TOKEN
    assert not file_store.path(key).with_suffix(".new").exists()


def test_a_writer_that_hangs(
    file_store: FileStore, key: SessionKey, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_folder, "WRITERS_WAIT", 0.05)
    file_store.save(key, session)
    with Folder(file_store.path(key).parent) as here:
        here.lock_to_write()
        with pytest.raises(StoreError, match="has been writing"):
            file_store.save(key, session)
        with pytest.raises(StoreError, match="has been writing"):
            file_store.check(key)


def test_a_lease_whose_lock_file_is_gone(file_store: FileStore, key: SessionKey, session: Session) -> None:
    lease = taken(file_store, key)
    file_store.path(key).with_suffix(".lock").unlink()
    other = taken(file_store, key)
    for do in (lease.begin, lease.settle, lambda: lease.save(session)):
        with pytest.raises(LockLost, match="removed"):
            do()
    lease.release()
    other.begin()
    other.save(session)
    other.release()


def test_a_note_that_a_session_came_after_is_settled(file_store: FileStore, key: SessionKey, session: Session) -> None:
    """A holder may be killed after he kept the session, and before he cleared his note."""
    file_store.save(key, session)
    lease = taken(file_store, key)
    lease.begin()
    file_store.save(key, session)
    lease.release()
    assert file_store.path(key).with_suffix(".begun").exists()
    again = taken(file_store, key)
    assert not again.unfinished
    again.release()


def test_a_file_that_is_put_in_the_place_of_another_users(
    file_store: FileStore, key: SessionKey, session: Session
) -> None:
    other = SessionKey(BASE_URL, key.api_key, "another-user")
    file_store.save(key, session)
    shutil.copy2(file_store.path(key), file_store.path(other))
    with pytest.raises(StoreError, match="is of another user") as caught:
        file_store.load(other)
    assert str(caught.value).startswith(f"{file_store.path(other)}: ")
    assert TOKEN not in str(caught.value)
    file_store.save(other, session)
    assert file_store.load(other), "what is kept after that is the user's own"


def test_a_file_that_is_no_session(file_store: FileStore, key: SessionKey, session: Session) -> None:
    file_store.save(key, session)
    file_store.path(key).write_text("{")
    with pytest.raises(StoreError) as caught:
        file_store.load(key)
    assert str(caught.value).startswith(f"{file_store.path(key)}: The stored session cannot be read: ")
    assert caught.value.__context__ is None


def test_a_lease_that_nobody_holds_any_more_is_released(file_store: FileStore, key: SessionKey) -> None:
    lease = taken(file_store, key)
    del lease
    again = taken(file_store, key)
    again.release()


def test_a_folder_that_cannot_be_made(key: SessionKey) -> None:
    with pytest.raises(StoreError, match="No such file or directory"):
        FileStore("/proc/no-such-folder").load(key)


class TestStateFolder:
    def test_on_linux(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setenv("HOME", "/home/a-user")
        monkeypatch.setenv("XDG_STATE_HOME", "/state")
        assert state_folder() == Path("/state/torus-connect")
        for nothing in ("", "relative"):
            monkeypatch.setenv("XDG_STATE_HOME", nothing)
            assert state_folder() == Path("/home/a-user/.local/state/torus-connect")

    def test_on_macos(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "darwin")
        monkeypatch.setenv("HOME", "/Users/a-user")
        monkeypatch.setenv("XDG_STATE_HOME", "/state")
        assert state_folder() == Path("/Users/a-user/Library/Application Support/torus-connect")

    def test_on_windows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "win32")
        monkeypatch.setenv("LOCALAPPDATA", "/local")
        assert state_folder() == Path("/local/torus-connect")

    @pytest.mark.parametrize("home", ["", "relative", "./x"])
    @pytest.mark.parametrize("platform", ["linux", "darwin"])
    def test_a_home_that_is_none(self, home: str, platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.delenv("XDG_STATE_HOME", raising=False)
        monkeypatch.setenv("HOME", home)
        with pytest.raises(ConfigurationError, match=r"no home folder \(HOME\), so set TORUS_SESSION_STORE"):
            state_folder()
        monkeypatch.setenv("HOME", "/")  # as in a container
        assert state_folder().parts[0] == "/"

    def test_without_a_home(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.delenv("XDG_STATE_HOME", raising=False)

        def no_home() -> Path:
            raise RuntimeError("Could not determine home directory.")

        monkeypatch.setattr(Path, "home", no_home)
        with pytest.raises(ConfigurationError, match="TORUS_SESSION_STORE"):
            state_folder()
