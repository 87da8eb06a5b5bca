"""The SDK against Prism, which knows nothing but the specification."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from conftest import API_KEY, API_SECRET, GenerateSession
from prism.conftest import Mock

from torus_connect import (
    APIStatusError,
    AuthenticationFailed,
    BadRequest,
    MalformedReply,
    NotFound,
    Outcome,
)
from torus_connect.sandbox import Sandbox
from torus_connect_api import AsyncStandaloneClient, StandaloneClient
from torus_connect_api.api.session import generate_session as operation
from torus_connect_api.models import GenerateSessionRequest, GenerateSessionResponse

pytestmark = pytest.mark.toolchain

COMMAND = (str(Path(sys.executable).with_name("torus-connect")), "session", "generate")
EXAMPLE = "demo-access-token-not-real"  # of the reply, in the specification
WORDS = "demo error: demo details"  # of the error there
BODY = {"API_KEY": API_KEY, "API_SECRET": API_SECRET}


def command(base_url: str, **environment: str) -> tuple[int, str, str]:
    """Run the command line; return its exit code and what it printed."""
    settings = {
        "TORUS_API_KEY": API_KEY,
        "TORUS_API_SECRET": API_SECRET,
        "TORUS_REQUEST_TOKEN": "demo-request-token",
        "TORUS_BASE_URL": base_url,
    }
    done = subprocess.run(
        COMMAND, capture_output=True, text=True, check=False, env=os.environ | settings | environment, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


# What the SDK sends is what the specification says, and it reads the reply


def test_a_session(generate_session: GenerateSession, mock: str) -> None:
    assert generate_session(base_url=mock).access_token == EXAMPLE


def test_a_session_on_the_command_line(mock: str) -> None:
    assert command(mock) == (0, f"{EXAMPLE}\n", "")


def test_a_session_with_the_standalone_client(mock: str) -> None:
    credentials = {"RequestToken": "demo-request-token"}
    body = GenerateSessionRequest(api_key=API_KEY, api_secret=API_SECRET)

    async def asynchronous() -> object:
        async with AsyncStandaloneClient(credentials, server=mock) as client:
            return await operation.asyncio(client=client, body=body)

    with StandaloneClient(credentials, server=mock) as client:
        replies = [operation.sync(client=client, body=body), asyncio.run(asynchronous())]
    for reply in replies:
        assert isinstance(reply, GenerateSessionResponse)
        assert reply.access_token == EXAMPLE


def test_an_access_token_that_prism_made_up(generate_session: GenerateSession, mock_of: Mock) -> None:
    token = generate_session(base_url=mock_of(options=("--dynamic", "--seed", "1"))).access_token
    assert token
    assert token != EXAMPLE


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Token": "demo-request-token"}, BODY, 200),
        ({}, BODY, 401),
        ({"Authorization": "Bearer demo-request-token"}, BODY, 401),
        ({"Token": "demo-request-token"}, {"API_KEY": API_KEY}, 422),
        ({"Token": "demo-request-token"}, BODY | {"API_KEY": ""}, 422),
        ({"Token": "demo-request-token"}, BODY | {"TOTP": "123456"}, 422),
        ({"Token": "demo-request-token", "Content-Type": "text/plain"}, BODY, 415),
    ],
)
def test_prism_would_have_noticed(mock: str, headers: dict[str, str], body: dict[str, str], status: int) -> None:
    assert httpx.post(f"{mock}/session/generate", headers=headers, json=body).status_code == status


# Where the service asks for something else, the SDK says what became of the request token


@pytest.mark.parametrize(
    ("old", "new", "error", "status"),
    [
        (r"      name: Token$", "      name: X-Token", AuthenticationFailed, 401),
        (r"      required: \[API_KEY, API_SECRET\]", "      required: [API_KEY, API_SECRET, TOTP]", BadRequest, 422),
        (
            r"^        content:\n          application/json:",
            "        content:\n          text/csv:",
            APIStatusError,
            415,
        ),
    ],
)
def test_a_refusal(
    generate_session: GenerateSession, mock_of: Mock, old: str, new: str, error: type[APIStatusError], status: int
) -> None:
    with pytest.raises(error) as caught:
        generate_session(base_url=mock_of((old, new)))
    assert type(caught.value) is error
    assert (caught.value.status_code, caught.value.outcome) == (status, Outcome.REFUSED)
    assert caught.value.service_message == WORDS


def test_a_path_that_prism_does_not_know(generate_session: GenerateSession, mock: str) -> None:
    with pytest.raises(NotFound):
        generate_session(base_url=f"{mock}/api/v1")


def test_a_refusal_on_the_command_line(mock: str) -> None:
    code, out, err = command(f"{mock}/api/v1")
    assert (code, out) == (4, "")
    assert "404" in err


def test_a_reply_without_an_access_token(generate_session: GenerateSession, mock_of: Mock) -> None:
    changes = (r"AccessToken: demo", "SessionToken: demo"), (r"required: \[AccessToken\]", "required: []")
    with pytest.raises(MalformedReply) as caught:
        generate_session(base_url=mock_of(*changes))
    assert caught.value.outcome is Outcome.UNKNOWN


# Prism between the SDK and the sandbox: neither says what is not specified


def test_prism_finds_nothing_between_the_sdk_and_the_sandbox(
    generate_session: GenerateSession, judge: str, torus_sandbox: Sandbox
) -> None:
    request_token = torus_sandbox.issue_request_token()
    credentials = {**torus_sandbox.credentials, "base_url": judge}
    assert generate_session(request_token, **credentials).access_token == torus_sandbox.access_token_for(request_token)
    with pytest.raises(APIStatusError) as caught:
        generate_session(request_token, **credentials)
    assert str(caught.value.service_message).startswith("token_used: ")


def test_prism_lets_nothing_through_that_is_not_specified(judge: str, torus_sandbox: Sandbox) -> None:
    before = torus_sandbox.exchanges
    headers = {"Token": torus_sandbox.issue_request_token()}
    reply = httpx.post(f"{judge}/session/generate", headers=headers, json={"API_KEY": torus_sandbox.api_key})
    assert reply.status_code == 422
    assert reply.json()["type"].endswith("#UNPROCESSABLE_ENTITY")
    assert torus_sandbox.exchanges == before
