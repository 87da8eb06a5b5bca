"""The second call of the sandbox, by the specification: what it takes, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from torus_connect.sandbox import Sandbox
from torus_connect.sandbox.refusals import Refusal
from torus_connect.totp import totp_code

PATH = "/api/v1/session/totp/generate"
CANARY = "canary"


@pytest.fixture
def http(torus_sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=torus_sandbox.origin, verify=False) as client:
        yield client


def generate(http: httpx.Client, code: str, content_type: str = "application/json", **changes: Any) -> httpx.Response:
    content = {"API_KEY": Sandbox.api_key, "TOTP": code} | changes
    body = json.dumps({name: value for name, value in content.items() if value is not None})
    return http.post(PATH, headers={"Content-Type": content_type}, content=body)


def refusal_of(reply: httpx.Response, more: str = "") -> Refusal:
    refusal = Refusal[reply.json()["error"].upper()]
    assert (reply.status_code, reply.json()["details"]) == (refusal.status, f"{refusal.sentence} {more}".rstrip())
    return refusal


def test_a_code_is_good_once_and_no_token_is_asked_for(http: httpx.Client, torus_sandbox: Sandbox) -> None:
    code = torus_sandbox.totp_code()
    reply = generate(http, code)
    assert reply.status_code == 200
    assert reply.json().keys() == {"AccessToken"}
    assert reply.headers["Cache-Control"] == "no-store"
    assert refusal_of(generate(http, code)) is Refusal.TOTP_USED


def test_what_an_app_with_its_secret_shows(http: httpx.Client) -> None:
    with Sandbox() as sandbox, httpx.Client(base_url=sandbox.origin, verify=False) as own:
        assert generate(own, totp_code(sandbox.totp_secret)).status_code == 200
        assert generate(own, own.post("/_sandbox/totp-codes").json()["totp"]).status_code == 200
        assert sandbox.exchanges == 2


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"TOTP": None}, "The field TOTP is missing."),
        ({"TOTP": 123456}, "The field TOTP is wrong: type is string."),
        ({"TOTP": ""}, "The field TOTP is empty."),
        ({"TOTP": "12345"}, "The field TOTP is wrong: pattern is ^[0-9]{6,8}$."),
        ({"TOTP": "123456789"}, "The field TOTP is wrong: pattern is ^[0-9]{6,8}$."),
        ({"TOTP": "12345a"}, "The field TOTP is wrong: pattern is ^[0-9]{6,8}$."),
        ({"API_KEY": None}, "The field API_KEY is missing."),
        ({"API_KEY": ""}, "The field API_KEY is empty."),
        ({"API_SECRET": CANARY}, "It has a field that is not in the document."),
    ],
)
def test_a_malformed_body_does_not_burn_the_code(
    http: httpx.Client, torus_sandbox: Sandbox, changes: dict[str, Any], named: str
) -> None:
    code = torus_sandbox.totp_code()
    reply = generate(http, code, **changes)
    assert refusal_of(reply, named) is Refusal.BODY_MALFORMED
    assert CANARY not in reply.text
    assert refusal_of(generate(http, code, content_type="text/plain")) is Refusal.CONTENT_TYPE_WRONG
    assert refusal_of(generate(http, code, API_KEY=CANARY)) is Refusal.CREDENTIALS_WRONG
    assert generate(http, code).status_code == 200


def test_a_code_that_nobody_shows(torus_sandbox: Sandbox, http: httpx.Client) -> None:
    assert refusal_of(generate(http, "00000000")) is Refusal.TOTP_WRONG


def test_a_wrong_method(http: httpx.Client) -> None:
    reply = http.get(PATH)
    assert (refusal_of(reply), reply.headers["Allow"]) == (Refusal.METHOD_NOT_ALLOWED, "POST")
