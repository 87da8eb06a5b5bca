"""The specification, the generated code, the SDK and the sandbox say the same."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import fields
from conftest import GenerateSession
from support.openapi import check_openapi
from support.operations import session_calls
from support.servers import TOTP_URL

import torus_connect
from torus_connect import APIStatusError, AsyncTorusConnect, TorusConnect, spec_text
from torus_connect.sandbox import Sandbox
from torus_connect_api import AsyncStandaloneClient, StandaloneClient
from torus_connect_api.api.session import generate_session as operation
from torus_connect_api.client import SECURITY_SCHEMES
from torus_connect_api.errors import UnexpectedStatus
from torus_connect_api.models import (
    Error,
    GenerateSessionRequest,
    GenerateSessionResponse,
    GenerateSessionWithTotpRequest,
)

EVIDENCE = {"documented", "java-client", "inferred"}


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return dict(json.loads(spec_text("json")))


def statements(node: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what claims something about the service: wherever the specification describes."""
    if isinstance(node, dict):
        if "description" in node and not path.startswith("#/tags/"):
            yield path, node
        for key, value in node.items():
            yield from statements(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from statements(value, f"{path}/{index}")


def test_it_is_openapi(spec: dict[str, Any]) -> None:
    assert spec["openapi"] == "3.0.3"
    check_openapi(spec)


def test_every_statement_carries_its_evidence(spec: dict[str, Any]) -> None:
    marks = {path: node.get("x-evidence") for path, node in statements(spec)}
    for name, schema in spec["components"]["schemas"].items():
        marks |= {f"{name}.{wire}": each.get("x-evidence") for wire, each in schema["properties"].items()}
    assert {path for path, mark in marks.items() if mark not in EVIDENCE} == set()


def test_the_evidence_of_the_session_calls() -> None:
    """What is known of the service, mark by mark: a change of either is a decision, and shows up here."""
    call, schemas = "#/paths//session/generate/post", "#/components/schemas"
    totp = "#/paths//session/totp/generate/post"
    # A star where something within the statement is marked as inferred nevertheless.
    assert {
        path: node.get("x-evidence", "?") + "*" * ("x-evidence-inferred" in node)
        for path, node in statements(session_calls())
    } == {
        "#/info": "inferred",
        "#/servers/0": "documented",
        call: "documented*",
        f"{call}/requestBody": "documented",
        f"{call}/responses/200": "documented",
        f"{call}/responses/default": "inferred",
        totp: "documented*",
        f"{totp}/servers/0": "documented",
        f"{totp}/requestBody": "documented",
        f"{totp}/responses/200": "documented",
        f"{totp}/responses/default": "inferred",
        "#/components/securitySchemes/RequestToken": "inferred",
        f"{schemas}/GenerateSessionRequest": "documented*",
        f"{schemas}/GenerateSessionRequest/properties/API_KEY": "documented*",
        f"{schemas}/GenerateSessionRequest/properties/API_SECRET": "documented*",
        f"{schemas}/GenerateSessionWithTotpRequest": "documented*",
        f"{schemas}/GenerateSessionWithTotpRequest/properties/API_KEY": "documented*",
        f"{schemas}/GenerateSessionWithTotpRequest/properties/TOTP": "documented*",
        f"{schemas}/GenerateSessionResponse": "documented*",
        f"{schemas}/GenerateSessionResponse/properties/AccessToken": "documented*",
        f"{schemas}/Error": "inferred",
        f"{schemas}/Error/properties/error": "java-client",
        f"{schemas}/Error/properties/details": "java-client",
        f"{schemas}/Error/properties/status": "documented",
        f"{schemas}/Error/properties/message": "documented",
        f"{schemas}/Error/properties/data": "documented",
    }
    assert set(session_calls()["info"]["x-evidence-levels"]) == EVIDENCE


def test_the_operation(spec: dict[str, Any]) -> None:
    path = next(iter(spec["paths"]))
    call = spec["paths"][path]["post"]
    assert (path, call["operationId"], call["tags"]) == ("/session/generate", "generateSession", ["session"])
    assert spec["components"]["securitySchemes"]["RequestToken"]["type"] == "apiKey"
    assert spec["components"]["securitySchemes"]["RequestToken"]["in"] == "header"
    assert spec["components"]["securitySchemes"]["RequestToken"]["name"] == SECURITY_SCHEMES["RequestToken"].parameter
    assert set(call["responses"]) == {"200", "default"}


def test_the_operation_with_a_code(spec: dict[str, Any]) -> None:
    assert list(session_calls()["paths"]) == ["/session/generate", "/session/totp/generate"]
    call = spec["paths"]["/session/totp/generate"]["post"]
    assert (call["operationId"], call["tags"], call["security"]) == ("generateSessionWithTotp", ["session"], [])
    assert [server["url"] for server in call["servers"]] == [TOTP_URL]
    assert "unproven" in call["servers"][0]["description"]
    assert call["responses"].keys() == {"200", "default"}


def test_the_models_of_replies_have_the_properties_of_the_schemas(spec: dict[str, Any]) -> None:
    for model in (Error, GenerateSessionResponse):
        names = spec["components"]["schemas"][model.__name__]["properties"]
        sample = dict.fromkeys([*names, "aFurtherProperty"], "demo")
        read = model.from_dict(sample)
        assert read.to_dict() == sample
        assert read.additional_properties == {"aFurtherProperty": "demo"}


def test_the_models_of_requests_have_the_properties_of_the_schemas(spec: dict[str, Any]) -> None:
    for model in (GenerateSessionRequest, GenerateSessionWithTotpRequest):
        schema = spec["components"]["schemas"][model.__name__]
        assert schema["additionalProperties"] is False
        sent = model(**{field.name: "demo" for field in fields(model)})
        assert sent.to_dict() == dict.fromkeys(schema["properties"], "demo")


def test_the_examples_of_the_session_calls_are_plainly_fake() -> None:
    spec = session_calls()

    def values(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "example" and isinstance(value, str):
                    yield value
                elif key == "value" and isinstance(value, dict):
                    yield from (text for text in value.values() if isinstance(text, str) and text != "error")
                else:
                    yield from values(value)

    assert list(values(spec["paths"])) + list(values(spec["components"]))
    shown = [*values(spec["paths"]), *values(spec["components"])]
    assert all(value.startswith("demo") or value == "000000" for value in shown)


def test_what_identifies_a_person_is_plainly_fake(spec: dict[str, Any]) -> None:
    schemas = spec["components"]["schemas"].values()
    personal = {name for schema in schemas for name, each in schema["properties"].items() if each.get("x-personal")}
    assert {"pan_no", "client_id"} <= personal

    def values(node: Any) -> Iterator[Any]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key in personal and not isinstance(value, dict):
                    yield value
                yield from values(value)
        elif isinstance(node, list):
            for each in node:
                yield from values(each)

    assert set(values(spec["paths"])) == {"AAAAA0000A", "DEMO01", None, 0, 4}
    assert set(re.findall(r"\b[A-Z]{5}[0-9]{4}[A-Z]\b", spec_text("json"))) == {"AAAAA0000A"}


def test_a_session(generate_session: GenerateSession, torus_sandbox: Sandbox) -> None:
    request_token = torus_sandbox.issue_request_token()
    before = torus_sandbox.exchanges
    session = generate_session(f"\t{request_token}\n", **torus_sandbox.credentials)
    assert session.access_token == torus_sandbox.access_token_for(request_token)
    assert torus_sandbox.exchanges == before + 1


@pytest.mark.parametrize(
    ("options", "expires_in", "uses", "name", "code"),
    [
        ({}, None, 1, "APIStatusError", "token_used"),
        ({}, 0, 0, "APIStatusError", "token_expired"),
        ({"api_secret": "another"}, None, 0, "PermissionDenied", "credentials_wrong"),
    ],
)
def test_a_refusal(
    generate_session: GenerateSession,
    torus_sandbox: Sandbox,
    options: dict[str, str],
    expires_in: float | None,
    uses: int,
    name: str,
    code: str,
) -> None:
    request_token = torus_sandbox.issue_request_token(expires_in)
    for _ in range(uses):
        generate_session(request_token, **torus_sandbox.credentials)
    with pytest.raises(APIStatusError) as caught:
        generate_session(request_token, **{**torus_sandbox.credentials, **options})
    assert type(caught.value) is getattr(torus_connect, name)
    assert str(caught.value.service_message).startswith(f"{code}: ")


def test_an_unknown_token_and_a_wrong_path(generate_session: GenerateSession, torus_sandbox: Sandbox) -> None:
    with pytest.raises(torus_connect.AuthenticationFailed):
        generate_session("unknown", **torus_sandbox.credentials)
    elsewhere = {**torus_sandbox.credentials, "base_url": torus_sandbox.base_url + "/elsewhere"}
    with pytest.raises(torus_connect.NotFound):
        generate_session("unknown", **elsewhere)


def with_a_code(face: str, totp: str, **options: Any) -> torus_connect.Session:
    async def in_loop() -> torus_connect.Session:
        async with AsyncTorusConnect(**options) as torus:
            return await torus.generate_session_with_totp(totp)

    if face == "async":
        return asyncio.run(in_loop())
    with TorusConnect(**options) as torus:
        return torus.generate_session_with_totp(totp)


@pytest.mark.parametrize("face", ["sync", "async"])
def test_a_session_with_a_code(face: str, torus_sandbox: Sandbox) -> None:
    options = {"api_key": torus_sandbox.api_key, "base_url": torus_sandbox.base_url}
    code = torus_sandbox.totp_code()
    before = torus_sandbox.exchanges
    session = with_a_code(face, f" {code[:3]} {code[3:]}\n", **options)
    assert torus_sandbox.exchanges == before + 1
    headers = {"Authorization": session.authorization}
    assert httpx.get(f"{torus_sandbox.origin}/_sandbox/whoami", headers=headers).status_code == 200
    with pytest.raises(APIStatusError) as used:
        with_a_code(face, code, **options)
    assert (used.value.status_code, str(used.value.service_message)[:10]) == (425, "totp_used:")
    with pytest.raises(torus_connect.PermissionDenied) as wrong:
        with_a_code(face, torus_sandbox.totp_code(), **{**options, "api_key": "another"})
    assert str(wrong.value.service_message).startswith("credentials_wrong:")
    assert "request token" not in str(used.value) + str(wrong.value)


def test_the_standalone_client(torus_sandbox: Sandbox) -> None:
    body = GenerateSessionRequest(api_key=torus_sandbox.api_key, api_secret=torus_sandbox.api_secret)

    async def asynchronous(request_token: str) -> GenerateSessionResponse:
        credentials = {"RequestToken": request_token}
        async with AsyncStandaloneClient(credentials, server=torus_sandbox.base_url) as client:
            return await operation.asyncio(client=client, body=body)

    token = torus_sandbox.issue_request_token()
    with StandaloneClient({"RequestToken": token}, server=torus_sandbox.base_url) as client:
        assert token not in repr(client)
        assert operation.sync(client=client, body=body).access_token == torus_sandbox.access_token_for(token)
        with pytest.raises(UnexpectedStatus) as again:
            operation.sync(client=client, body=body)
    assert json.loads(again.value.content)["error"] == "token_used"

    token = torus_sandbox.issue_request_token()
    assert asyncio.run(asynchronous(token)).access_token == torus_sandbox.access_token_for(token)


def test_the_header_of_the_request_token_is_named_by_the_spec_alone(repository: Path) -> None:
    written = (repository / "overrides" / "torus_connect").rglob("*.py")
    by_hand = [path for path in written if path.parent.name not in ("sandbox", "cli", "conformance", "arguments")]
    assert len(by_hand) > 50
    assert not [path for path in by_hand if re.search(r"""["']Token["']""", path.read_text(encoding="utf-8"))]
