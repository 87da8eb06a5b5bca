"""The keyring: a back end that cannot keep a secret is refused, by name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend
from keyring.errors import PasswordSetError
from keyrings.alt.file import PlaintextKeyring
from keyrings.alt.multi import MultipartKeyringWrapper
from stores.conftest import EncryptedKeyring, Using
from support.kept import TOKEN

from torus_connect import Session, StoreError
from torus_connect.stores import SessionKey, SessionStore, open_store


class OfOurOwn(PlaintextKeyring):  # type: ignore[misc]  # it has no types
    """What is built on plain text is plain text."""


class OtherPlaintextKeyring(EncryptedKeyring):
    """A back end of another library, which says what it is."""


class Chain(ChainerBackend):
    backends: ClassVar[list[Any]] = []

    def __init__(self, *behind: KeyringBackend) -> None:
        self.backends = list(behind)  # type: ignore[misc]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SessionStore:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))  # where its locks are
    return open_store("keyring:")


REFUSED: dict[str, Callable[[Any], Any]] = {
    "keyrings.alt.file.PlaintextKeyring": lambda _: PlaintextKeyring(),
    "keyring.backends.fail.Keyring": lambda _: fail.Keyring(),  # type: ignore[no-untyped-call]
    "keyring.backends.null.Keyring": lambda _: null.Keyring(),  # type: ignore[no-untyped-call]
    "OfOurOwn": lambda _: OfOurOwn(),
    "OtherPlaintextKeyring": lambda good: OtherPlaintextKeyring(Path(good.file_path).parent),
    "Chain: there is no keyring behind it": lambda _: Chain(),
    "PlaintextKeyring: it stores plain text": lambda good: Chain(good, PlaintextKeyring()),
    "PlaintextKeyring: it": lambda good: Chain(Chain(good, MultipartKeyringWrapper(PlaintextKeyring()))),
}


@pytest.mark.parametrize("named", REFUSED)
def test_a_back_end_that_is_refused(
    named: str, store: SessionStore, using: Using, key: SessionKey, session: Session, tmp_path: Path
) -> None:
    using(REFUSED[named](EncryptedKeyring(tmp_path)))
    does: list[Callable[[], object]] = [
        lambda: store.save(key, session),
        lambda: store.load(key),
        lambda: store.delete(key),
    ]
    for do in does:
        with pytest.raises(StoreError, match=rf"^The keyring is not used: .*{named}"):
            do()
    assert TOKEN not in "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())


def test_a_chain_and_a_wrapper_of_what_is_good(
    store: SessionStore, using: Using, key: SessionKey, session: Session, tmp_path: Path
) -> None:
    good = EncryptedKeyring(tmp_path)
    using(Chain(MultipartKeyringWrapper(good), good))
    store.save(key, session)
    kept = store.load(key)
    assert kept
    assert kept.access_token == TOKEN


def test_what_is_on_the_disk(store: SessionStore, ring: EncryptedKeyring, key: SessionKey, session: Session) -> None:
    store.save(key, session)
    assert TOKEN not in Path(ring.file_path).read_text()
    assert ring.get_password("torus-connect", key.digest)
    open_store("keyring:another-service").save(key, session)
    assert ring.get_password("another-service", key.digest)


def test_an_entry_that_is_put_in_the_place_of_another_users(
    store: SessionStore, ring: EncryptedKeyring, key: SessionKey, session: Session
) -> None:
    other = SessionKey(key.base_url, key.api_key, "another-user")
    store.save(key, session)
    ring.set_password("torus-connect", other.digest, str(ring.get_password("torus-connect", key.digest)))
    with pytest.raises(StoreError, match="is of another user"):
        store.load(other)


class Broken(EncryptedKeyring):
    def set_password(self, _service: str, _username: str, password: str) -> None:
        raise PasswordSetError(f"cannot keep {password}")

    def get_password(self, _service: str, _username: str) -> str:
        return "{"


def test_a_back_end_that_fails(
    store: SessionStore, using: Using, key: SessionKey, session: Session, tmp_path: Path
) -> None:
    using(Broken(tmp_path))
    with pytest.raises(StoreError, match="PasswordSetError") as caught:
        store.save(key, session)
    assert TOKEN not in str(caught.value)
    assert caught.value.__context__ is None, "what the library raised may hold the token"
    with pytest.raises(StoreError, match="cannot be read"):
        store.load(key)


def test_without_the_extra() -> None:
    code = (
        "import sys; sys.modules['keyring'] = None; from torus_connect.stores import open_store; open_store('keyring:')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ConfigurationError: store keyring: needs the extra: pip install 'torus-connect[keyring]'" in done.stderr
