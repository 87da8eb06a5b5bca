"""The examples that serve: FastAPI and Flask, over real HTTP, with a browser's cookies."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterator
from subprocess import Popen

import httpx
import pytest
from examples.conftest import started

from torus_connect.sandbox import Sandbox

FLASK = """
from werkzeug.serving import make_server
from flask_app import app
server = make_server("127.0.0.1", 0, app, threaded=True)
print(f"http://127.0.0.1:{server.port}", flush=True)
server.serve_forever()
"""
COMMANDS = {
    "fastapi": ["-m", "uvicorn", "fastapi_app:app", "--port", "0", "--no-access-log"],
    "flask": ["-c", FLASK],
}


class Server:
    """A started application: where it is, and what it printed."""

    def __init__(self, process: Popen[str]) -> None:
        self.process = process
        self.printed = ""
        self.url = ""
        self.tokens: list[str] = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self._ready.wait(30), self.printed
        assert self.url, self.printed

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.printed += line
            if found := re.search(r"http://127\.0\.0\.1:[0-9]+", line):
                self.url = found[0]
                self._ready.set()
        self._ready.set()

    def stop(self) -> str:
        """End it; return all that it printed."""
        self.process.terminate()
        self._reader.join(30)
        return self.printed


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module", params=COMMANDS)
def server(
    request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Yield one that serves the tests of this module. What it prints holds no token of theirs."""
    folder = tmp_path_factory.mktemp("sessions")
    with started(sandbox, folder) as start:
        running = Server(start(*COMMANDS[request.param], FLASK_SECRET_KEY=secrets.token_hex()))
        yield running
        printed = running.stop()
    assert [token for token in running.tokens if token in printed] == []
    assert running.tokens


@pytest.fixture
def browser(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30, verify=False) as client:
        yield client


def issued(sandbox: Sandbox, server: Server) -> str:
    """Return a request token; neither it nor its access token may be printed."""
    token = sandbox.issue_request_token()
    server.tokens += [token, sandbox.access_token_for(token)]
    return token


def test_a_user_logs_in(sandbox: Sandbox, server: Server, browser: httpx.Client) -> None:
    before = sandbox.exchanges
    to_login = browser.get("/login")
    assert to_login.is_redirect
    assert to_login.headers["location"] == sandbox.login_url
    assert {"httponly", "samesite=lax"} <= set(to_login.headers["set-cookie"].lower().split("; "))
    assert browser.get("/").status_code == 401

    token = issued(sandbox, server)
    back = browser.get("/callback", params={"REQUEST_TOKEN": token})
    assert (back.status_code, back.headers["location"]) == (303, "/")
    assert (back.headers["cache-control"], back.headers["referrer-policy"]) == ("no-store", "no-referrer")
    home = browser.get("/")
    assert home.status_code == 200
    assert set(home.json()) == {"good_until"}

    assert browser.get("/callback", params={"REQUEST_TOKEN": token}).status_code == 303  # reloaded: nothing is sent
    assert sandbox.exchanges == before + 1


def test_the_redirect_may_hold_any_script(sandbox: Sandbox, server: Server, browser: httpx.Client) -> None:
    before = sandbox.exchanges
    browser.get("/login")
    token = issued(sandbox, server)
    back = browser.get("/callback", params={"user": "\u0930\u0935\u093f", "REQUEST_TOKEN": token})
    assert (back.status_code, sandbox.exchanges) == (303, before + 1)


def test_a_redirect_to_a_browser_that_began_no_login_is_refused(
    sandbox: Sandbox, server: Server, browser: httpx.Client
) -> None:
    before = sandbox.exchanges
    refused = browser.get("/callback", params={"REQUEST_TOKEN": issued(sandbox, server)})
    assert (refused.status_code, sandbox.exchanges) == (422, before)


def test_a_login_that_failed_is_told(sandbox: Sandbox, server: Server, browser: httpx.Client) -> None:
    before = sandbox.exchanges
    browser.get("/login")
    failed = where_it_leads(browser, browser.get("/callback", params={"error": "access_denied"}))
    assert (failed.status_code, failed.json()["error"]) == (400, "LoginFailed")
    browser.get("/login")
    server.tokens.append("demo-request-token-not-real")
    back = browser.get("/callback", params={"REQUEST_TOKEN": "demo-request-token-not-real"})
    assert (back.headers["cache-control"], back.headers["referrer-policy"]) == ("no-store", "no-referrer")
    unknown = where_it_leads(browser, back)
    assert (unknown.status_code, unknown.json()["request_token"]) == (502, "REFUSED")
    assert sandbox.exchanges == before


def where_it_leads(browser: httpx.Client, back: httpx.Response) -> httpx.Response:
    """Return the page that a callback leads to: its address holds no request token."""
    assert (back.status_code, "demo-request-token" in back.headers["location"]) == (303, False)
    return browser.get(back.headers["location"])


def test_a_login_that_was_begun_here_ends_once(sandbox: Sandbox, server: Server, browser: httpx.Client) -> None:
    before = sandbox.exchanges
    assert browser.get("/login", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert not browser.cookies
    browser.get("/login", headers={"Sec-Fetch-Site": "same-origin"})
    where_it_leads(browser, browser.get("/callback", params={"error": "access_denied"}))
    back = browser.get("/callback", params={"REQUEST_TOKEN": issued(sandbox, server)})  # of somebody else
    assert (back.status_code, back.headers["location"], sandbox.exchanges) == (303, "/", before)
    assert browser.get("/").status_code == 401
