"""`torus-connect session show | path | clear | token`."""

from __future__ import annotations

import json
import os
import re
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cli.conftest import BASE_URL, TOKEN, command, command_process

from torus_connect import Session
from torus_connect._config.settings import checked_totp_base_url
from torus_connect._dates import in_india
from torus_connect.stores import SessionKey, open_store

pytestmark = pytest.mark.usefixtures("session_folder")


class TestShow:
    def test_a_good_one(self, stored: Session) -> None:
        done = command("session", "show")
        shown = dict(line.split(None, 1) for line in done.stdout.splitlines())
        assert shown == {
            "user": "default",
            "base_url": BASE_URL,
            "origins": "/".join(BASE_URL.split("/")[:3]),
            "access_token": "**********",
            "issued_at": in_india(stored.issued_at),
            "expires_at": in_india(stored.expires_at),
            "expiry_basis": "assumed",
            "expired": "no",
        }
        assert (done.returncode, done.stderr) == (0, "")

    @pytest.mark.usefixtures("expired")
    def test_as_json(self) -> None:
        done = command("session", "show", "--json")
        shown = json.loads(done.stdout)
        assert shown["expired"] is True
        assert shown["access_token"] == "**********"
        assert datetime.fromisoformat(shown["expires_at"]).utcoffset() == timedelta(0)
        assert TOKEN not in done.stdout
        assert done.returncode == 0

    @pytest.mark.usefixtures("stored")
    def test_none(self, tmp_path: Path) -> None:
        done = command("session", "show", "--user", "another-user")
        assert (done.returncode, done.stdout) == (2, "")
        where = "for the user 'another-user', the base URL https://"
        assert f"No session of this user is stored in FileStore {tmp_path}" in done.stderr
        assert where in done.stderr
        assert done.stderr.endswith("the API key of TORUS_API_KEY. Log in: torus-connect login --user another-user\n")

    @pytest.mark.parametrize("verb", ["show", "token", "clear"])
    def test_a_token_in_the_place_of_a_name_is_not_shown(self, verb: str) -> None:
        done = command("session", verb, "--user", 41 * "c")
        assert 41 * "c" not in done.stdout + done.stderr
        assert "for the user (not shown, as it has 41 characters: an access token goes into `Sess" in done.stderr
        assert ("Log in: torus-connect login --user USER\n" in done.stderr) is (verb != "clear")


class TestToken:
    @pytest.mark.usefixtures("stored")
    def test_a_good_one(self) -> None:
        done = command("session", "token")
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{TOKEN}\n", "")

    def test_none(self) -> None:
        done = command("session", "token")
        assert (done.returncode, done.stdout) == (2, "")
        assert "No session of this user is stored" in done.stderr

    @pytest.mark.usefixtures("expired")
    def test_an_expired_one(self) -> None:
        done = command("session", "token")
        assert (done.returncode, done.stdout) == (2, "")
        assert re.search(r"The session has expired, at \d{4}-\d\d-\d\d \d\d:\d\d India time\.", done.stderr)


class TestPathAndClear:
    @pytest.mark.usefixtures("stored")
    def test_where_it_is_and_that_it_goes(self, tmp_path: Path, key: SessionKey) -> None:
        path = Path(command("session", "path").stdout.rstrip("\n"))
        assert path == tmp_path / "sessions" / f"{key.digest}.session"
        assert path.exists()
        for said in (
            "Removed: the session of 'default', which ends at 20",
            "Nothing to remove. No session of this user",
        ):
            done = command("session", "clear")
            assert (done.returncode, done.stdout) == (0, "")
            assert said in done.stderr
            assert not path.exists()

    @pytest.mark.usefixtures("stored")
    def test_a_store_that_is_given_needs_no_home(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", "")
        monkeypatch.delenv("XDG_STATE_HOME", raising=False)
        assert command("session", "path", "--store", "file:").returncode == 2
        done = command("session", "clear")
        assert (done.returncode, "Removed: the session of 'default'" in done.stderr) == (0, True)

    def test_a_store_without_files(self) -> None:
        done = command("session", "path", "--store", "memory:")
        assert (done.returncode, done.stdout) == (2, "")
        assert "ends with this command" in done.stderr

    def test_the_code_that_it_was_made_with_is_not_sent_again(self, key: SessionKey) -> None:
        """At a server for codes, the mark of a login stays: a code is good for half a minute."""
        with closing(open_store()) as store:
            store.save(key, Session(TOKEN, base_url=checked_totp_base_url(None, key.base_url)))
            assert command("session", "clear").stderr.startswith("torus-connect: Removed: the session of 'default'")
            assert store.load(key) is None
            lease = store.lease(key)
            assert lease.acquire()
            assert lease.unfinished
            lease.release()

    @pytest.mark.usefixtures("stored")
    def test_one_that_cannot_be_read_can_be_cleared(self, tmp_path: Path, key: SessionKey) -> None:
        (tmp_path / "sessions" / f"{key.digest}.session").write_text(f'{{"access_token": "{TOKEN}"')
        done = command("session", "token")
        assert done.returncode == 3
        assert "torus-connect session clear" in done.stderr
        assert TOKEN not in done.stderr
        done = command("session", "clear")
        assert done.returncode == 0
        assert "Removed: what was stored for 'default', which could not be read." in done.stderr
        assert command("session", "token").returncode == 2


class TestWhichOne:
    @pytest.mark.usefixtures("stored")
    def test_by_options(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("TORUS_BASE_URL")
        monkeypatch.delenv("TORUS_SESSION_STORE")
        where = ("--store", f"file:{tmp_path / 'sessions'}", "--base-url", BASE_URL, "--user", "default")
        assert command("session", "token", *where).stdout == f"{TOKEN}\n"
        assert command("session", "token", *where[:2]).returncode == 2

    @pytest.mark.usefixtures("stored")
    def test_without_an_api_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("TORUS_API_KEY")
        for arguments in (("session", "token"), ("run", "--", "true")):
            done = command(*arguments)
            assert done.returncode == 2
            assert "TORUS_API_KEY" in done.stderr

    def test_a_password_in_an_argument(self) -> None:
        done = command("session", "token", "--store", "redis://:demo-password@host.example")
        assert done.returncode == 2
        assert "must hold no password" in done.stderr
        assert "demo-password" not in done.stderr

    @pytest.mark.parametrize(
        "url", ["redis:demo-password@host", "rediss://:demo-pass/word@host.example", "file://me:demo-password@host/x"]
    )
    def test_what_may_be_a_password(self, url: str) -> None:
        done = command("session", "token", "--store", url)
        assert done.returncode == 2
        assert "must hold no password" in done.stderr

    @pytest.mark.parametrize("slashes", ["", "//"])
    @pytest.mark.usefixtures("stored")
    def test_a_folder_with_an_at_sign(self, tmp_path: Path, slashes: str) -> None:
        folder = tmp_path / "me@home"
        (tmp_path / "sessions").rename(folder)
        done = command("session", "token", "--store", f"file:{slashes}{folder}")
        assert (done.stdout, done.stderr) == (f"{TOKEN}\n", "")

    def test_no_such_store(self) -> None:
        done = command("session", "token", "--store", "sqlite:x")
        assert done.returncode == 2
        assert "store is none of" in done.stderr


@pytest.mark.usefixtures("stored")
def test_the_api_secret_is_not_needed() -> None:
    assert "TORUS_API_SECRET" not in os.environ
    done = command_process("session", "token")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{TOKEN}\n", "")


@pytest.mark.parametrize("command_line", ["holdings", "session token"])
def test_whoever_has_no_session_is_told_how_they_log_in(command_line: str) -> None:
    done = command(*command_line.split(), "--user", "asha b")
    assert done.returncode == 2
    assert done.stderr.endswith(". Log in: torus-connect login --user 'asha b'\n")
    assert command("holdings").stderr.endswith(". Log in: torus-connect login\n")
