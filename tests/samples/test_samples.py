"""The samples of the session calls do what they say, exactly as they are delivered."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass

import httpx
import pytest
from samples.conftest import PROGRAMS, Run
from support.raw_server import Behaviour, Connection, RawServer, answer, reply

from torus_connect.sandbox import Sandbox
from torus_connect.sandbox.refusals import Refusal

SESSION_CALLS = [key for key in PROGRAMS if key[0].startswith("generateSession")]
pytestmark = [pytest.mark.toolchain, pytest.mark.parametrize("sample", SESSION_CALLS, ids="-".join, indirect=True)]

# What JSON, a shell, curl's configuration or a pattern might trip over, and is printable ASCII all the same.
ODD = {
    "TORUS_API_KEY": "demo-\"key\"\\\\\\'$(id)'`id`%s@/etc/passwd<&>",
    "TORUS_API_SECRET": "demo-secret-not-real\\",
    "TORUS_REQUEST_TOKEN": 'demo-"token"\\n%d;$HOME=={}x',
    "TORUS_TOTP": "01234567",
}
ANSWER = b'{"AccessToken": "demo-access-token-not-real", "and": ["more", null, {"of": "it"}]}'


@dataclass(frozen=True)
class Call:
    """What there is to say of an operation.

    Attributes:
        base_url: the variable that says where it is.
        proof: the variable that holds what is traded.
        unusable: values of it that are not to be sent.
        body: the names of the body, and the variables that hold their values.
        token: what the header `Token` carries, if it is there.
        spent: how a sandbox refuses what has been exchanged before.
    """

    path: str
    base_url: str
    proof: str
    unusable: tuple[str, ...]
    body: dict[str, str]
    token: list[str]
    spent: Refusal


CALLS = {
    "generateSession": Call(
        path="/session/generate",
        base_url="TORUS_BASE_URL",
        proof="TORUS_REQUEST_TOKEN",
        unusable=("", "demo-token\nurl = http://127.0.0.1:9/", "demo-tok\u0113n"),
        body={"API_KEY": "TORUS_API_KEY", "API_SECRET": "TORUS_API_SECRET"},
        token=[ODD["TORUS_REQUEST_TOKEN"]],
        spent=Refusal.TOKEN_USED,
    ),
    "generateSessionWithTotp": Call(
        path="/session/totp/generate",
        base_url="TORUS_TOTP_BASE_URL",
        proof="TORUS_TOTP",
        unusable=("", "12345", "123456789", "12345a", '123456"'),
        body={"API_KEY": "TORUS_API_KEY", "TOTP": "TORUS_TOTP"},
        token=[],
        spent=Refusal.TOTP_USED,
    ),
}


@pytest.fixture
def call(sample: tuple[str, str]) -> Call:
    return CALLS[sample[0]]


def settings(call: Call, base_url: str, **changes: str) -> dict[str, str]:
    """Return the environment of the sample: what its operation needs, and nothing of another one."""
    return {call.base_url: base_url, **{name: ODD[name] for name in {call.proof, *call.body.values()}}, **changes}


def says_nothing_of(values: dict[str, str], done: subprocess.CompletedProcess[str]) -> None:
    said = done.stdout + done.stderr
    for name, value in values.items():
        if value and not name.endswith("BASE_URL"):
            assert value not in said
            assert json.dumps(value)[1:-1] not in said


def test_it_trades_what_proves_the_user(run: Run, call: Call, torus_sandbox: Sandbox) -> None:
    proof = torus_sandbox.totp_code() if call.proof == "TORUS_TOTP" else torus_sandbox.issue_request_token()
    real = {"TORUS_API_KEY": torus_sandbox.api_key, "TORUS_API_SECRET": torus_sandbox.api_secret, call.proof: proof}
    values = {name: real.get(name, value) for name, value in settings(call, torus_sandbox.base_url).items()}
    done = run(**values)
    assert (done.returncode, done.stderr) == (0, "")
    authorization = {"Authorization": f"Bearer {done.stdout.removesuffix(chr(10))}"}
    assert httpx.get(f"{torus_sandbox.origin}/_sandbox/whoami", headers=authorization).status_code == 200

    again = run(**values)  # now it is spent
    assert again.returncode != 0
    assert again.stdout == ""
    assert str(call.spent.status) in again.stderr
    says_nothing_of(values, again)


def test_it_sends_what_the_document_says_once(run: Run, call: Call) -> None:
    with RawServer(answer(reply(ANSWER, headers=("Content-Type: application/json",)))) as server:
        done = run(**settings(call, server.base_url))
    assert (done.returncode, done.stdout, done.stderr) == (0, "demo-access-token-not-real\n", "")
    (request,) = server.requests
    head, _, body = request.decode().partition("\r\n\r\n")
    line, *fields = head.split("\r\n")
    assert line == f"POST /api/v1{call.path} HTTP/1.1"
    headers = [(name.lower(), value) for name, _, value in (field.partition(": ") for field in fields)]
    assert [value for name, value in headers if name == "token"] == call.token
    assert [value for name, value in headers if name == "content-type"] == ["application/json"]
    assert "authorization" not in dict(headers)
    assert json.loads(body) == {name: ODD[variable] for name, variable in call.body.items()}


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
def test_it_takes_nothing_else(run: Run, call: Call, case: str) -> None:
    with RawServer(TAKES_NOTHING[case]) as server:
        comes_to_nothing(run, settings(call, server.base_url))
    assert len(server.requests) == 1


def test_it_follows_no_redirect(run: Run, call: Call) -> None:
    with RawServer(answer(reply(ANSWER))) as elsewhere:
        location = f"Location: {elsewhere.base_url}{call.path}"
        with RawServer(answer(reply(ANSWER, status="307 Temporary Redirect", headers=(location,)))) as server:
            comes_to_nothing(run, settings(call, server.base_url), why="307")
    assert len(server.requests) == 1
    assert elsewhere.connections == 0


def test_what_cannot_be_right_is_not_sent(run: Run, call: Call) -> None:
    with RawServer(answer(reply(ANSWER))) as server:
        for value in call.unusable:
            comes_to_nothing(run, settings(call, server.base_url, **{call.proof: value}))
    assert server.requests == []


def test_nobody_there(run: Run, call: Call) -> None:
    with RawServer(answer(reply(ANSWER))) as server:
        base_url = server.base_url
    comes_to_nothing(run, settings(call, base_url))
