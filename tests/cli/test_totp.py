"""`torus-connect session generate --totp`, and `torus-connect login --totp`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.command_line import Done, run_here

from torus_connect.sandbox import Sandbox
from torus_connect.totp import TotpLogin

LOGIN = ("login", "--totp")
TOTP = ("session", "generate", "--totp")
CANARY = "77778888"
ACCESS_TOKEN = "sandbox-access-token-"


def run(*arguments: str, stdin: str = "", **env: str) -> Done:
    done = run_here(arguments, env, stdin)
    assert CANARY not in done.stdout + done.stderr
    return done


def variables(sandbox: Sandbox) -> dict[str, str]:
    """Return the key and the place: no API secret."""
    return {"TORUS_API_KEY": sandbox.api_key, "TORUS_BASE_URL": sandbox.base_url}


@pytest.fixture
def sandbox() -> Sandbox:
    """One of its own: each code of its authenticator is good once."""
    return Sandbox()


def test_the_code_from_standard_input(torus_sandbox: Sandbox) -> None:
    done = run(*TOTP, "-", stdin=f" {torus_sandbox.totp_code()}\r\n", **variables(torus_sandbox))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(ACCESS_TOKEN)


def test_a_code_made_of_the_secret(sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{sandbox.totp_secret}\n")
    file.chmod(0o600)
    with sandbox:
        done = run(*TOTP, "--totp-secret-file", str(file), "--output", "json", **variables(sandbox))
        assert (done.returncode, done.stderr) == (0, "")
        assert sandbox.exchanges == 1
    with Sandbox() as another:
        done = run(*TOTP, TORUS_TOTP_SECRET=sandbox.totp_secret, **variables(another))
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(ACCESS_TOKEN)


def test_the_kind_of_code_is_as_it_is_told(torus_sandbox: Sandbox) -> None:
    kind = ("--totp-digits", "8", "--totp-digest", "sha256", "--totp-period", "60")
    done = run(*TOTP, *kind, TORUS_TOTP_SECRET=torus_sandbox.totp_secret, **variables(torus_sandbox))
    assert (done.returncode, done.stdout) == (4, "")
    assert "The service answered 412" in done.stderr
    assert "the code is used or old. Wait for the next code" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--totp",), "totp is missing: pipe it to `--totp -`, or set TORUS_TOTP_SECRET, TORUS_TOTP_SECRET_FILE or"),
        (("--totp", "-"), "totp is empty"),
        (("--totp", CANARY), "argument --totp: must be - : a secret is never accepted as an argument"),
        (("--totp", "--request-token", "-"), "argument --request-token: not allowed with argument --totp"),
        (("--totp", "--totp-digits", CANARY), "digits must be a whole number from 6 to 8"),
        (("--totp", "--totp-digest", CANARY), "argument --totp-digest: no such choice (choose from "),
        (("--totp", "--totp-secret-file", "none"), "--totp-secret-file is not used: No such file or directory"),
        (("--totp-digits", "8"), "--totp-digits is for --totp only"),
        (("--totp-secret-file", "none"), "--totp-secret-file is for --totp only"),
        ((), "api_secret is missing: set the environment variable TORUS_API_SECRET"),
    ],
)
def test_wrong_usage(torus_sandbox: Sandbox, arguments: tuple[str, ...], words: str) -> None:
    secret = {"TORUS_TOTP_SECRET": torus_sandbox.totp_secret} if "--totp-digits" in arguments else {}
    before = torus_sandbox.exchanges
    done = run("session", "generate", *arguments, **variables(torus_sandbox), **secret)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert torus_sandbox.exchanges == before


@pytest.fixture
def job(sandbox: Sandbox, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What a job has in its environment: no API secret."""
    with sandbox:
        yield {**variables(sandbox), "TORUS_SESSION_STORE": f"file:{tmp_path / 'sessions'}"}


def test_a_job_logs_in_and_every_command_finds_the_session(sandbox: Sandbox, job: dict[str, str]) -> None:
    done = run(*LOGIN, "--json", TORUS_TOTP_SECRET=sandbox.totp_secret, **job)
    assert (done.returncode, json.loads(done.stdout)["new"]) == (0, True)
    again = run(*LOGIN, TORUS_TOTP_SECRET=sandbox.totp_secret, **job)
    assert (again.returncode, again.stdout) == (0, "")
    assert "Nothing to do: a session is stored" in again.stderr
    assert sandbox.exchanges == 1
    assert run("session", "token", **job).stdout.startswith(ACCESS_TOKEN)
    assert run("holdings", "--output", "json", **job).returncode == 0


def test_the_session_of_another_server_for_codes_is_found(sandbox: Sandbox, job: dict[str, str]) -> None:
    job = {**job, "TORUS_BASE_URL": "https://api.example", "TORUS_TOTP_BASE_URL": sandbox.base_url}
    done = run(*LOGIN, "-", stdin=sandbox.totp_code(), **job)
    assert (done.returncode, done.stdout) == (0, "")
    assert "Logged in. The session is stored" in done.stderr
    assert run("session", "token", **job).stdout.startswith(ACCESS_TOKEN)


def test_the_next_code_is_waited_for(sandbox: Sandbox, job: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    waits = iter((0.01, 0.0))
    login = TotpLogin(sandbox.totp_code, lambda: next(waits))
    monkeypatch.setattr("torus_connect.cli._login.totp_login", lambda _: login)
    done = run(*LOGIN, "--force", **job)
    assert done.returncode == 0
    assert "Waiting for the next code, for 1 seconds." in done.stderr


def test_a_code_that_is_refused(sandbox: Sandbox, job: dict[str, str]) -> None:
    done = run(*LOGIN, "-", stdin=CANARY, **job)
    assert (done.returncode, done.stdout) == (4, "")
    assert "Wait for the next code" in done.stderr
    assert sandbox.exchanges == 0
    # Nobody says that it was cut off. That the code may be spent is known to the next one, which waits for another.
    done = run(*LOGIN, "-", "--user", "default", stdin=sandbox.totp_code(), **job)
    told, end = done.stderr.splitlines()
    spent = "an earlier login of the user 'default' came to no session: its request token or code may be spent"
    assert told == f"torus-connect: {spent}"
    assert end.startswith("torus-connect: Logged in.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--totp",), "totp is missing: pipe it to `--totp -`, or set TORUS_TOTP_SECRET"),
        (("--totp", "--paste"), "argument --paste: not allowed with argument --totp"),
        (("--totp-digits", "8"), "--totp-digits is for --totp only"),
    ],
)
def test_wrong_usage_of_login(job: dict[str, str], arguments: tuple[str, ...], words: str) -> None:
    done = run("login", *arguments, **job)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
