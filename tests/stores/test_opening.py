"""A store by its URL."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from stores.conftest import EncryptedKeyring

from torus_connect import ConfigurationError
from torus_connect.stores import AsyncSessionStore, SessionKey, open_async_store, open_store
from torus_connect.stores._file_store import FileStore
from torus_connect.stores._memory import MemoryStore


def folder_of(url: str | None, key: SessionKey) -> str:
    store = open_store(url)
    assert isinstance(store, FileStore)
    return str(store.path(key).parent)


def test_memory() -> None:
    assert isinstance(open_store("memory:"), MemoryStore)
    assert isinstance(open_async_store("memory:"), AsyncSessionStore)


def test_files(key: SessionKey, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", "/home/a-user")
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    monkeypatch.chdir(tmp_path)
    assert folder_of("file:", key) == "/state/torus-connect"
    assert folder_of("file:/var/lib/merchant", key) == "/var/lib/merchant"
    assert folder_of("file:///var/lib/merchant", key) == "/var/lib/merchant"
    assert folder_of("file:~/sessions", key) == "/home/a-user/sessions"
    assert folder_of("file:sessions", key) == str(tmp_path / "sessions")
    assert folder_of("file:/home/\u0930\u0935\u093f/my sessions", key) == "/home/\u0930\u0935\u093f/my sessions"


def test_the_keyring(ring: EncryptedKeyring) -> None:
    assert repr(open_store("keyring:")) == "<KeyringStore torus-connect>"
    assert repr(open_store("keyring:mine")) == "<KeyringStore mine>"


def test_the_argument_comes_before_the_environment(key: SessionKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert folder_of(None, key) == "/state/torus-connect"
    monkeypatch.setenv("TORUS_SESSION_STORE", "")
    assert folder_of(None, key) == "/state/torus-connect"
    monkeypatch.setenv("TORUS_SESSION_STORE", "memory:")
    assert isinstance(open_store(), MemoryStore)
    assert folder_of("file:/var/lib/merchant", key) == "/var/lib/merchant"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file",
        "memory",
        "memory:x",
        "Memory:",
        "sqlite:x",
        "file://host/x",
        "file:~nobody-of-this-name/x",
        "a\nb",
        7,
    ],
)
@pytest.mark.parametrize("opened", [open_store, open_async_store])
def test_no_such_store(url: str, opened: type) -> None:
    with pytest.raises(ConfigurationError, match=r"^store ") as caught:
        opened(url)
    assert not url or f"{url}" not in str(caught.value) or url in ("file", "memory")


def test_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORUS_SESSION_STORE", "sqlite:x")
    with pytest.raises(ConfigurationError, match=r"^store \(from TORUS_SESSION_STORE\) is none of"):
        open_store()


def test_only_the_back_end_in_use_is_loaded() -> None:
    code = (
        "import sys; before = set(sys.modules); from torus_connect.stores import open_store; open_store('memory:');"
        "print(*(set(sys.modules) - before))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = {name.removeprefix("torus_connect.stores.") for name in output.split()}
    assert "_memory" in loaded
    assert not loaded & {
        "_file_store",
        "_keyring",
        "keyring",
        "httpx",
        "asyncio",
        "_in_thread",
        "_sync_get_or_create",
        "_async_get_or_create",
    }
