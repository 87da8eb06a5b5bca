"""The command line with its sessions in a Redis, as a user who has a password and no more rights than are needed."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from fleet.server import RedisServer
from support.command_line import run_here
from support.kept import PASSWORD

from torus_connect import TorusConnect
from torus_connect.sandbox import Sandbox
from torus_connect.stores._redis.settings import COMMANDS
from torus_connect.totp import totp

pytestmark = pytest.mark.redis


@pytest.fixture(autouse=True)
def url(server: RedisServer, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URL of the store; the environment names it, as for a job that logs in with codes."""
    rights = [f"+{command.lower()}" for command in COMMANDS.split(", ")]
    server.command("ACL", "SETUSER", "worker", "on", f">{PASSWORD}", "~torus-connect:*", *rights)
    url = server.url().replace("://", f"://worker:{PASSWORD}@")
    monkeypatch.setenv("TORUS_SESSION_STORE", url)
    monkeypatch.setenv("TORUS_API_KEY", sandbox.api_key)
    monkeypatch.setenv("TORUS_BASE_URL", sandbox.base_url)
    monkeypatch.setenv("TORUS_TOTP_SECRET", sandbox.totp_secret)
    return url


def test_one_process_logs_in_with_a_code_and_others_use_its_session(sandbox: Sandbox, url: str) -> None:
    login, holdings = (
        subprocess.run([sys.executable, "-m", "torus_connect", *command], capture_output=True, text=True, check=False)
        for command in (("login", "--totp", "--json"), ("holdings", "--output", "json"))
    )
    assert (login.returncode, json.loads(login.stdout)["new"]) == (0, True)  # it may say that it waits for a code
    assert (holdings.returncode, holdings.stderr) == (0, "")
    again = run_here(("login", "--totp"))
    assert (again.returncode, again.stdout) == (0, "")
    assert "Nothing to do: a session is stored" in again.stderr
    with TorusConnect(store=url) as torus:
        session = torus.session(login=totp(sandbox.totp_secret))
    assert run_here(("session", "token")).stdout == f"{session.access_token}\n"
    assert sandbox.exchanges == 1
    for shown in (login, holdings, again):
        assert PASSWORD not in shown.stdout + shown.stderr


def test_doctor_sees_a_redis_that_works(server: RedisServer, store_key: str) -> None:
    said = run_here(("doctor",))
    assert (said.returncode, said.stderr) == (0, "")
    assert re.search(rf"^store +RedisStore {server.url()}, can be read and written$", said.stdout, re.MULTILINE)
    report = run_here(("doctor", "--json"))
    found = json.loads(report.stdout)
    assert (report.returncode, report.stderr, found["ok"], found["wrong"]) == (0, "", True, [])
    assert found["facts"]["store"] == f"RedisStore {server.url()}, can be read and written"
    assert found["facts"]["session"] == "none is stored"
    for shown in (said.stdout, report.stdout):
        assert PASSWORD not in shown
        assert store_key not in shown
    assert server.records() == {}
