"""The collections for HTTP clients run as they are delivered, each in a client that reads its format."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support.raw_server import RawServer, answer, reply

from code_samples import Call, calls
from torus_connect import TorusConnect
from torus_connect.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "generated"
PROGRAMS = ROOT / "tools" / "http_clients" / "node_modules" / ".bin"
DOCUMENT: dict[str, Any] = json.loads((GENERATED / "torus.json").read_text(encoding="utf-8"))
toolchain = pytest.mark.toolchain
VARIABLES = {
    "TORUS_API_KEY": Sandbox.api_key,
    "TORUS_API_SECRET": Sandbox.api_secret,
    "TORUS_REQUEST_TOKEN": "demo-request-token-not-real",
    "TORUS_TOTP": "000000",
    "TORUS_ACCESS_TOKEN": "demo-access-token-not-real",
}


@cache
def documented() -> dict[str, Call]:
    """Return the calls by `operationId`."""
    return {call.id: call for call in calls(DOCUMENT)}


def variables(base_url: str, **changes: str) -> dict[str, str]:
    return {**VARIABLES, "TORUS_BASE_URL": base_url, "TORUS_TOTP_BASE_URL": base_url, **changes}


@pytest.fixture
def of_a_login(torus_sandbox: Sandbox) -> dict[str, str]:
    """What a user of the sandbox sets before all calls are made once."""
    with TorusConnect(**torus_sandbox.credentials) as torus:
        session = torus.generate_session(torus_sandbox.issue_request_token())
    return variables(
        torus_sandbox.base_url,
        TORUS_REQUEST_TOKEN=torus_sandbox.issue_request_token(),
        TORUS_TOTP=torus_sandbox.totp_code(),
        TORUS_ACCESS_TOKEN=session.access_token,
    )


def run_bruno(folder: Path, values: dict[str, str]) -> tuple[int, list[dict[str, Any]]]:
    """Return the exit code, and what came of each request.

    Bruno's default sandbox loads beside the first request, and fails its assertions when a reply is faster.
    """
    shutil.copytree(GENERATED / "bruno", folder / "bruno")
    done = subprocess.run(
        [PROGRAMS / "bru", "run", "--sandbox", "developer", "--reporter-json", folder / "results.json"],
        cwd=folder / "bruno",
        env=os.environ | values,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (folder / "results.json").exists(), done.stdout + done.stderr
    return done.returncode, json.loads((folder / "results.json").read_text(encoding="utf-8"))[0]["results"]


def run_httpyac(values: dict[str, str]) -> tuple[int, list[dict[str, Any]]]:
    """Return the exit code, and the replies."""
    done = subprocess.run(
        [PROGRAMS / "httpyac", "send", GENERATED / "torus.http", "--all", "--json"],
        env=os.environ | values,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, [each["response"] for each in json.loads(done.stdout)["requests"]]


def test_each_call_is_in_both_and_no_value_of_a_secret_or_of_the_broker() -> None:
    bruno = {file.stem: file.read_text(encoding="utf-8") for file in (GENERATED / "bruno").glob("*.bru")}
    http = (GENERATED / "torus.http").read_text(encoding="utf-8")
    assert set(bruno) == set(documented())
    assert [line.removeprefix("# @name ") for line in http.splitlines() if line.startswith("# @name ")] == list(
        documented()
    )
    whole = http + "".join(bruno.values())
    assert not [value for value in ("demo-", "torusdigital.com", '"000000"') if value in whole]
    for call in documented().values():
        for name in [call.base, *call.variables]:
            assert f"{{{{process.env.{name}}}}}" in bruno[call.id]
            assert f"@{name} = {{{{$processEnv {name}}}}}\n" in http


@toolchain
def test_bruno_runs_its_collection(of_a_login: dict[str, str], tmp_path: Path) -> None:
    code, results = run_bruno(tmp_path, of_a_login)
    assert code == 0, results
    assert {each["name"]: each["response"]["status"] for each in results} == dict.fromkeys(documented(), 200)
    holdings = next(each for each in results if each["name"] == "holdings")
    assert holdings["response"]["data"]["data"][0]["isin_code"]


@toolchain
def test_httpyac_runs_the_http_file(of_a_login: dict[str, str]) -> None:
    code, replies = run_httpyac(of_a_login)
    assert code == 0, replies
    base_url = of_a_login["TORUS_BASE_URL"]
    made = [(each["request"]["method"], each["request"]["url"], each["statusCode"]) for each in replies]
    assert made == [(call.method, base_url + call.path, 200) for call in documented().values()]


@toolchain
def test_both_send_what_the_spec_says_once_and_follow_no_redirect(tmp_path: Path) -> None:
    with RawServer(answer(reply(b"{}"))) as elsewhere:
        location = f"Location: {elsewhere.base_url}/holdings/"
        moved = answer(reply(b"", status="307 Temporary Redirect", headers=(location,)))
        with RawServer(moved) as for_bruno, RawServer(moved) as for_httpyac:
            code, results = run_bruno(tmp_path, variables(for_bruno.base_url))
            _, replies = run_httpyac(variables(for_httpyac.base_url))
    assert elsewhere.connections == 0
    assert code != 0
    assert {each["response"]["status"] for each in results} == {307}
    assert {each["statusCode"] for each in replies} == {307}
    for server in (for_bruno, for_httpyac):
        assert [sent(request) for request in server.requests] == [expected(name) for name in documented()]


def sent(request: bytes) -> tuple[str, str | None, str | None, Any]:
    """Return the request line, the two headers for credentials, and the body."""
    head, _, body = request.decode().partition("\r\n\r\n")
    line, *fields = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}
    return line, headers.get("authorization"), headers.get("token"), json.loads(body) if body else None


def expected(name: str) -> tuple[str, str | None, str | None, Any]:
    call = documented()[name]
    body = call.body
    if call.secret:
        body = {key: VARIABLES[variable] for key, variable in body.items()}
    values = {header.name: header.prefix + VARIABLES[header.value] for header in call.headers}
    return f"{call.method} /api/v1{call.path} HTTP/1.1", values.get("Authorization"), values.get("Token"), body
