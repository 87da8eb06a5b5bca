"""Stores of every kind, each with nothing in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from cryptography.fernet import Fernet
from keyring.backend import KeyringBackend
from keyrings.alt.file_base import Keyring as FileKeyring
from support.kept import a_key, a_session

from torus_connect import Session
from torus_connect.sandbox import Sandbox
from torus_connect.stores import SessionKey, SessionStore
from torus_connect.stores._file_store import FileStore
from torus_connect.stores._keyring import KeyringStore
from torus_connect.stores._memory import MemoryStore


class EncryptedKeyring(FileKeyring):  # type: ignore[misc]  # it has no types
    """A back end that keeps what it is given in a file, encrypted: a real one that needs no desktop."""

    filename = "keyring.cfg"
    scheme = "Fernet"
    version = "1"
    priority = 1

    def __init__(self, folder: Path) -> None:
        self.file_path = str(folder / self.filename)
        self._fernet = Fernet(Fernet.generate_key())

    def encrypt(self, password: bytes, _assoc: bytes | None = None) -> bytes:
        return self._fernet.encrypt(password)

    def decrypt(self, password_encrypted: bytes, _assoc: bytes | None = None) -> bytes:
        return self._fernet.decrypt(password_encrypted)


Using = Callable[[KeyringBackend], None]


@pytest.fixture
def key() -> SessionKey:
    return a_key()


@pytest.fixture
def session() -> Session:
    return a_session()


@pytest.fixture
def using() -> Iterator[Using]:
    """Return what puts another back end in the place of the keyring's own."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture
def ring(tmp_path: Path, using: Using) -> EncryptedKeyring:
    """Put an encrypted file in the place of the system's keyring."""
    back_end = EncryptedKeyring(tmp_path / "ring")
    using(back_end)
    return back_end


@pytest.fixture
def file_store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "sessions")


# With these, each way to ask and each store has its turn; `make soak` has all pairs.
COVERING = {("sync", "file"), ("async", "memory"), ("async", "keyring"), ("async, login async", "file")}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if {"ask", "store"} <= params.keys() and (params["ask"], params["store"]) not in COVERING:
            item.add_marker(pytest.mark.soak)


@pytest.fixture(params=["memory", "file", "keyring"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SessionStore:
    if request.param == "memory":
        return MemoryStore()
    if request.param == "file":
        return FileStore(tmp_path / "sessions")
    request.getfixturevalue("ring")
    return KeyringStore(locks=tmp_path / "locks")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Return one of its own: what it counts is what this test does."""
    with Sandbox() as running:
        yield running
