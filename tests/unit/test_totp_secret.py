"""Where the secret of an authenticator comes from, and from where it does not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from torus_connect import ConfigurationError, Secret
from torus_connect.cli._totp import totp_secret

VALUE = "CANARYOFTHEAUTHENTICATOR"


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {("torus-connect", "entry"): VALUE}
        self.broken = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.broken:
            raise OSError(VALUE)
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password


@pytest.fixture
def ring() -> Iterator[Ring]:
    before, ring = keyring.get_keyring(), Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(f"{VALUE}\n")
    path.chmod(0o600)
    return path


def refused(said: str, **where: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        totp_secret(**where)
    assert str(caught.value).split("\n")[0] == said
    assert VALUE not in str(caught.value)
    assert caught.value.__context__ is None


def test_nowhere() -> None:
    assert totp_secret() is None


def test_a_file(file: Path) -> None:
    found = totp_secret(file=str(file))
    assert found == VALUE
    assert isinstance(found, Secret)
    link = file.with_name("link")
    link.symlink_to(file)
    assert totp_secret(file=str(link)) == VALUE


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o601, 0o620, 0o644])
def test_a_file_that_others_may_use(file: Path, mode: int) -> None:
    file.chmod(mode)
    refused(
        f"--totp-secret-file is not used: others may use it (its mode is {mode:o}, and must be 600)", file=str(file)
    )


def test_a_file_that_is_somebody_elses(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    refused(f"--totp-secret-file is not used: it belongs to another user (uid {mine})", file=str(file))


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    refused("--totp-secret-file is not used: No such file or directory", file=str(tmp_path / "none"))
    refused("--totp-secret-file is not used: it is no regular file", file=str(tmp_path))
    refused("--totp-secret-file is not used: it is no regular file", file=str(tmp_path / "pipe"))
    refused("--totp-secret-file is not used: it is no path", file="a\0b")


def test_the_keyring(ring: Ring) -> None:
    found = totp_secret(keyring_entry="entry")
    assert found == VALUE
    assert isinstance(found, Secret)
    name = "--totp-keyring is not used:"
    refused(f"{name} the keyring has no such entry under the service torus-connect", keyring_entry="another")
    ring.broken = True
    refused(f"{name} the keyring cannot be used: OSError", keyring_entry="entry")


def test_the_environment(ring: Ring, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORUS_TOTP_KEYRING", "entry")
    assert totp_secret() == VALUE
    file.write_text("of the file")
    monkeypatch.setenv("TORUS_TOTP_SECRET_FILE", str(file))
    assert totp_secret() == "of the file"
    monkeypatch.setenv("TORUS_TOTP_SECRET", "itself")
    assert totp_secret() == "itself"
    assert isinstance(totp_secret(), Secret)
    assert totp_secret(keyring_entry="entry") == VALUE
    assert totp_secret(file=str(file), keyring_entry="entry") == "of the file"


def test_what_the_environment_names_is_not_there(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORUS_TOTP_KEYRING", "another")
    refused("TORUS_TOTP_KEYRING is not used: the keyring has no such entry under the service torus-connect")
    monkeypatch.setenv("TORUS_TOTP_SECRET_FILE", "no-such-file")
    refused("TORUS_TOTP_SECRET_FILE is not used: No such file or directory")


def test_a_keyring_of_plain_text_is_not_used(ring: Ring) -> None:
    class PlaintextRing(Ring):
        """It writes down what it is given."""

    keyring.set_keyring(PlaintextRing())
    with pytest.raises(ConfigurationError, match=r"PlaintextRing: it stores plain text"):
        totp_secret(keyring_entry="entry")
