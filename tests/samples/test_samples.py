"""Each code sample does what it says, exactly as it is printed."""

from __future__ import annotations

import json
import subprocess

import pytest
from samples.conftest import SOURCES, Run
from support.raw_server import Behaviour, Connection, RawServer, answer, reply

from torus_connect.sandbox import Sandbox

pytestmark = pytest.mark.toolchain

# What JSON, a shell, curl's configuration or a pattern might trip over, and is printable ASCII all the same.
ODD = {
    "TORUS_API_KEY": "demo-\"key\" \\ \\\\ '$(id)' `id` %s @/etc/passwd <&>",
    "TORUS_API_SECRET": "demo-secret-not-real\\",
    "TORUS_REQUEST_TOKEN": 'demo-"token"\\n%d;$HOME=={}',
}
ANSWER = b'{"AccessToken": "demo-access-token-not-real", "and": ["more", null, {"of": "it"}]}'


def settings(base_url: str, **changes: str) -> dict[str, str]:
    return {"TORUS_BASE_URL": base_url, **ODD, **changes}


def says_nothing_of(values: dict[str, str], done: subprocess.CompletedProcess[str]) -> None:
    said = done.stdout + done.stderr
    for name, value in values.items():
        if value and name != "TORUS_BASE_URL":
            assert value not in said
            assert json.dumps(value)[1:-1] not in said


def test_there_is_one_for_each_of_these() -> None:
    assert list(SOURCES) == ["curl", "Python", "Go", "Java", "JavaScript"]


def test_it_trades_a_request_token(run: Run, torus_sandbox: Sandbox) -> None:
    request_token = torus_sandbox.issue_request_token()
    values = settings(
        torus_sandbox.base_url,
        TORUS_API_KEY=torus_sandbox.api_key,
        TORUS_API_SECRET=torus_sandbox.api_secret,
        TORUS_REQUEST_TOKEN=request_token,
    )
    done = run(**values)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == torus_sandbox.access_token_for(request_token) + "\n"

    again = run(**values)  # now it is spent
    assert again.returncode != 0
    assert again.stdout == ""
    assert "409" in again.stderr
    says_nothing_of(values, again)


def test_it_sends_what_the_document_says_once(run: Run) -> None:
    with RawServer(answer(reply(ANSWER, headers=("Content-Type: application/json",)))) as server:
        done = run(**settings(server.base_url))
    assert (done.returncode, done.stdout, done.stderr) == (0, "demo-access-token-not-real\n", "")
    (request,) = server.requests
    head, _, body = request.decode().partition("\r\n\r\n")
    line, *fields = head.split("\r\n")
    assert line == "POST /api/v1/session/generate HTTP/1.1"
    headers = [(name.lower(), value) for name, _, value in (field.partition(": ") for field in fields)]
    assert [value for name, value in headers if name == "token"] == [ODD["TORUS_REQUEST_TOKEN"]]
    assert [value for name, value in headers if name == "content-type"] == ["application/json"]
    assert "authorization" not in dict(headers)
    assert json.loads(body) == {"API_KEY": ODD["TORUS_API_KEY"], "API_SECRET": ODD["TORUS_API_SECRET"]}


def cut(connection: Connection) -> None:
    connection.read_request()
    connection.send(reply(ANSWER)[:-10])
    connection.finish()


TAKES_NOTHING: dict[str, Behaviour] = {
    "an error": answer(reply(ANSWER, status="500 Internal Server Error")),
    "another success": answer(reply(ANSWER, status="201 Created")),
    "a null token": answer(reply(b'{"AccessToken": null}')),
    "an empty token": answer(reply(b'{"AccessToken": ""}')),
    "no JSON": answer(reply(b"<html>AccessToken</html>")),
    "a name in a string": answer(reply(b'{"error": "\\"AccessToken\\": \\"demo\\""}')),
    "a cut reply": cut,
}


def comes_to_nothing(run: Run, values: dict[str, str], *, why: str = "") -> None:
    done = run(**values)
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr
    assert why in done.stderr
    says_nothing_of(values | {"access token": "demo-access-token-not-real"}, done)


@pytest.mark.parametrize("case", TAKES_NOTHING)
def test_it_takes_nothing_else(run: Run, case: str) -> None:
    with RawServer(TAKES_NOTHING[case]) as server:
        comes_to_nothing(run, settings(server.base_url))
    assert len(server.requests) == 1


def test_it_follows_no_redirect(run: Run) -> None:
    with RawServer(answer(reply(ANSWER))) as elsewhere:
        location = f"Location: {elsewhere.base_url}/session/generate"
        with RawServer(answer(reply(ANSWER, status="307 Temporary Redirect", headers=(location,)))) as server:
            comes_to_nothing(run, settings(server.base_url), why="307")
    assert len(server.requests) == 1
    assert elsewhere.connections == 0


@pytest.mark.parametrize("token", ["", "demo-token\nurl = http://127.0.0.1:9/", "demo-tok\u0113n"])
def test_a_token_that_no_header_can_hold_is_not_sent(run: Run, token: str) -> None:
    with RawServer(answer(reply(ANSWER))) as server:
        values = settings(server.base_url, TORUS_REQUEST_TOKEN=token)
        comes_to_nothing(run, values)
    assert server.requests == []


def test_nobody_there(run: Run) -> None:
    with RawServer(answer(reply(ANSWER))) as server:
        base_url = server.base_url
    comes_to_nothing(run, settings(base_url))
