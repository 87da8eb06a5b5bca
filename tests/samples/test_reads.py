"""The samples of all other calls do what they say, exactly as they are delivered."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from samples.conftest import BUNDLED, CALLS, GENERATED, PROGRAMS, Key, Run
from support.raw_server import Behaviour, RawServer, answer, reply

from torus_connect import TorusConnect
from torus_connect.sandbox import Sandbox

pytestmark = pytest.mark.toolchain

LANGUAGES = ["curl", "Python", "Go", "Java", "JavaScript"]
READS = [key for key in PROGRAMS if not CALLS[key[0]].secret]
HOLDINGS = [key for key in READS if key[0] == "holdings"]
ROWS = b'{"status": "success", "data": [{"nse_symbol": "DEMO"}]}'
each_read = pytest.mark.parametrize("sample", READS, ids="-".join, indirect=True)
each_language = pytest.mark.parametrize("sample", HOLDINGS, ids="-".join, indirect=True)


@pytest.fixture(scope="module")
def access_token(torus_sandbox: Sandbox) -> str:
    with TorusConnect(**torus_sandbox.credentials) as torus:
        return torus.generate_session(torus_sandbox.issue_request_token()).access_token


def settings(base_url: str, access_token: str) -> dict[str, str]:
    return {"TORUS_BASE_URL": base_url, "TORUS_API_KEY": "demo-api-key", "TORUS_ACCESS_TOKEN": access_token}


def test_every_call_has_them_and_they_are_in_the_bundled_document_and_in_files_alike() -> None:
    operations = [node for item in BUNDLED["paths"].values() for node in item.values()]
    first = next(each["operationId"] for each in operations if each["security"] == [{"AccessToken": []}])
    for operation in operations:
        call = operation["operationId"]
        labels = LANGUAGES if "x-spends" in operation or call == first else LANGUAGES[:2]
        assert [(each["label"], each["source"]) for each in operation["x-codeSamples"]] == [
            (label, PROGRAMS[call, label].source) for label in labels
        ]
    files = {each.file: each.source for each in PROGRAMS.values()}
    assert {file.name: file.read_text(encoding="utf-8") for file in (GENERATED / "samples").iterdir()} == files


@each_read
def test_it_prints_what_the_sandbox_replies(sample: Key, run: Run, torus_sandbox: Sandbox, access_token: str) -> None:
    """A request that is not as the spec has it is refused by the sandbox."""
    call = CALLS[sample[0]]
    done = run(**settings(torus_sandbox.base_url, access_token))
    assert (done.returncode, done.stderr) == (0, "")
    there: Any = httpx.request(
        call.method,
        torus_sandbox.base_url + call.path,
        headers={"Authorization": f"Bearer {access_token}"} if call.bearer else {},
        **({} if call.body is None else {"json": call.body}),
    ).json()
    if sample[1] != "Python":
        assert json.loads(done.stdout) == there
    else:
        rows = there["data"] if call.is_list and isinstance(there, dict) else there
        assert len(done.stdout.splitlines()) == (len(rows) if isinstance(rows, list) else 1) > 0


@each_language
def test_it_sends_what_the_spec_says_once(sample: Key, run: Run) -> None:
    with RawServer(answer(reply(ROWS, headers=("Content-Type: application/json",)))) as server:
        done = run(**settings(server.base_url, 'demo-"token"\\\\\\\'$(id)`id`%s'))
    assert (done.returncode, done.stderr) == (0, "")
    assert "DEMO" in done.stdout
    (request,) = server.requests
    head, _, body = request.decode().partition("\r\n\r\n")
    line, *fields = head.split("\r\n")
    assert line == "POST /api/v1/holdings/ HTTP/1.1"
    headers = [(name.lower(), value) for name, _, value in (field.partition(": ") for field in fields)]
    assert [value for name, value in headers if name == "content-type"] == ["application/json"]
    assert [value for name, value in headers if name == "authorization"] == ['Bearer demo-"token"\\\\\\\'$(id)`id`%s']
    assert json.loads(body) == {"source": "N"}


TAKES_NOTHING: dict[str, Behaviour] = {
    "another success": answer(reply(ROWS, status="201 Created")),
    "a refusal": answer(reply(ROWS, status="401 Unauthorized")),
    "a failure in a success": answer(reply(b'{"status": "error", "message": "no", "data": null}')),
    "no JSON": answer(reply(b"<html>status</html>")),
    "a redirect": answer(reply(b"", status="307 Temporary Redirect", headers=("Location: /elsewhere",))),
}


@pytest.mark.parametrize("case", TAKES_NOTHING)
@each_language
def test_it_takes_nothing_else(sample: Key, run: Run, case: str) -> None:
    with RawServer(TAKES_NOTHING[case]) as server:
        done = run(**settings(server.base_url, "demo-access-token-not-real"))
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr
    assert "demo-access-token-not-real" not in done.stderr
    assert len(server.requests) == 1


@each_language
def test_what_cannot_be_right_is_not_sent(sample: Key, run: Run) -> None:
    with RawServer(answer(reply(ROWS))) as server:
        for value in ("", "demo-token\nurl = http://127.0.0.1:9/", "demo-tok\u0113n"):
            done = run(**settings(server.base_url, value))
            assert done.returncode != 0
            assert done.stdout == ""
            assert not value or value not in done.stderr
    assert server.requests == []
