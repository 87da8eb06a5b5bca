"""`torus-connect session show | path | clear | token` and `torus-connect run`, as processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from torus_connect import Session
from torus_connect.stores import SessionKey
from torus_connect.stores.file import FileStore

BASE_URL = "https://host.example/api/v1"
TOKEN = "demo-access-token-not-real"
ISSUED_AT = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "sessions")


@pytest.fixture
def key() -> SessionKey:
    return SessionKey(BASE_URL, "demo-api-key", "default")


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORUS_API_KEY", "demo-api-key")
    monkeypatch.setenv("TORUS_BASE_URL", BASE_URL)
    monkeypatch.setenv("TORUS_SESSION_STORE", f"file:{tmp_path / 'sessions'}")
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def kept(store: FileStore, key: SessionKey) -> Session:
    session = Session(TOKEN, issued_at=ISSUED_AT, base_url=BASE_URL)
    store.save(key, session)
    return session


@pytest.fixture
def expired(store: FileStore, key: SessionKey) -> None:
    store.save(key, Session(TOKEN, issued_at=ISSUED_AT - timedelta(days=2), base_url=BASE_URL))


def command(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "torus_connect", *arguments], input=stdin, capture_output=True, text=True, check=False
    )


class TestShow:
    def test_a_good_one(self, kept: Session) -> None:
        done = command("session", "show")
        shown = dict(line.split(None, 1) for line in done.stdout.splitlines())
        assert shown == {
            "user": "default",
            "base_url": BASE_URL,
            "access_token": "**********",
            "issued_at": ISSUED_AT.isoformat(),
            "expires_at": kept.expires_at.isoformat(),
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
        assert TOKEN not in done.stdout
        assert done.returncode == 0

    @pytest.mark.usefixtures("kept")
    def test_none(self) -> None:
        done = command("session", "show", "--user", "another-user")
        assert (done.returncode, done.stdout) == (2, "")
        assert "No session of this user is kept" in done.stderr


class TestToken:
    @pytest.mark.usefixtures("kept")
    def test_a_good_one(self) -> None:
        done = command("session", "token")
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{TOKEN}\n", "")

    def test_none(self) -> None:
        done = command("session", "token")
        assert (done.returncode, done.stdout) == (2, "")
        assert "No session of this user is kept" in done.stderr

    @pytest.mark.usefixtures("expired")
    def test_an_expired_one(self) -> None:
        done = command("session", "token")
        assert (done.returncode, done.stdout) == (2, "")
        assert "The session has expired, at 20" in done.stderr


class TestPathAndClear:
    @pytest.mark.usefixtures("kept")
    def test_where_it_is_and_that_it_goes(self, store: FileStore, key: SessionKey) -> None:
        path = Path(command("session", "path").stdout.rstrip("\n"))
        assert path == store.path(key)
        assert path.exists()
        for _ in range(2):
            assert command("session", "clear").returncode == 0
            assert not path.exists()

    def test_a_store_without_files(self) -> None:
        done = command("session", "path", "--store", "memory:")
        assert (done.returncode, done.stdout) == (2, "")
        assert "keeps no files" in done.stderr

    @pytest.mark.usefixtures("kept")
    def test_one_that_cannot_be_read_can_be_cleared(self, store: FileStore, key: SessionKey) -> None:
        store.path(key).write_text(f'{{"access_token": "{TOKEN}"')
        done = command("session", "token")
        assert done.returncode == 3
        assert "torus-connect session clear" in done.stderr
        assert TOKEN not in done.stderr
        assert command("session", "clear").returncode == 0
        assert command("session", "token").returncode == 2


class TestWhichOne:
    @pytest.mark.usefixtures("kept")
    def test_by_options(self, store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("TORUS_BASE_URL")
        monkeypatch.delenv("TORUS_SESSION_STORE")
        where = ("--store", f"file:{store._folder.path}", "--base-url", BASE_URL, "--user", "default")
        assert command("session", "token", *where).stdout == f"{TOKEN}\n"
        assert command("session", "token", *where[:2]).returncode == 2

    @pytest.mark.usefixtures("kept")
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

    def test_no_such_store(self) -> None:
        done = command("session", "token", "--store", "sqlite:x")
        assert done.returncode == 2
        assert "store is none of" in done.stderr


class TestRun:
    @pytest.mark.usefixtures("kept")
    def test_a_program_gets_the_token(self) -> None:
        code = "import os, sys; print(os.environ['TORUS_ACCESS_TOKEN'], sys.argv[1:], input()); sys.exit(7)"
        done = command("run", "--", sys.executable, "-c", code, "--user", "x", stdin="typed\n")
        assert (done.returncode, done.stderr) == (7, "")
        assert done.stdout == f"{TOKEN} ['--user', 'x'] typed\n"

    @pytest.mark.usefixtures("kept")
    def test_it_becomes_the_program(self) -> None:
        """No process is left in between, which would keep signals to itself."""
        process = subprocess.Popen(
            [sys.executable, "-m", "torus_connect", "run", "--", sys.executable, "-c", "import os; print(os.getpid())"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.communicate(timeout=20)[0] == f"{process.pid}\n"

    @pytest.mark.usefixtures("kept")
    def test_a_pipe_that_nobody_reads_ends_it(self) -> None:
        shell = f"exec {sys.executable} -m torus_connect run -- sh -c 'while echo x; do :; done'"
        with subprocess.Popen(["sh", "-c", shell], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stdout.readline() == b"x\n"
            process.stdout.close()
            assert process.wait(20) == -signal.SIGPIPE

    @pytest.mark.parametrize(
        ("program", "code", "words"),
        [("no-such-program-here", 127, "no such program"), ("/", 126, "cannot be run: Permission denied")],
    )
    @pytest.mark.usefixtures("kept")
    def test_what_cannot_be_run(self, program: str, code: int, words: str) -> None:
        done = command("run", "--", program)
        assert done.returncode == code
        assert words in done.stderr

    @pytest.mark.usefixtures("expired")
    def test_without_a_good_session(self, tmp_path: Path) -> None:
        done = command("run", "--", "touch", str(tmp_path / "it-ran"))
        assert done.returncode == 2
        assert not (tmp_path / "it-ran").exists()
        assert command("run", "--user", "another-user", "--", "true").returncode == 2

    @pytest.mark.usefixtures("kept")
    def test_without_a_program(self) -> None:
        assert command("run").returncode == 2
        assert command("run", "--").returncode == 2


@pytest.mark.usefixtures("kept")
def test_the_api_secret_is_not_needed() -> None:
    assert "TORUS_API_SECRET" not in os.environ
    assert command("session", "token").returncode == 0
