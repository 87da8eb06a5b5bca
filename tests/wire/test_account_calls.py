"""What goes over the wire for a generated request, and what is refused before; credentials by their scheme."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conftest import API_KEY
from support.kinds import ORDER, PUBLIC, READ, SESSION
from support.raw_server import RawServer, answer, reply

from torus_connect import AsyncTorusConnect, ConfigurationError, MalformedReply, Session, TorusConnect
from torus_connect_api.client import Operation, Request

CANARY = "canary-of-the-caller"
FACES = ("sync", "async")


def send(face: str, request: Request[Any], base_url: str, credentials: dict[str, Any] | None = None) -> Any:
    options: dict[str, Any] = {"api_key": API_KEY, "base_url": base_url, "max_retries": 0}

    async def in_loop() -> Any:
        async with AsyncTorusConnect(**options) as torus:
            return await (torus.with_credentials(**credentials) if credentials else torus).send(request)

    if face == "async":
        return asyncio.run(in_loop())
    with TorusConnect(**options) as torus:
        return (torus.with_credentials(**credentials) if credentials else torus).send(request)


def request_of(operation: Operation, **more: Any) -> Request[Any]:
    return Request(operation, operation.path, **{"parse": lambda data: data, **more})


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"headers": {"X-Strategy": f"{CANARY}\u0915"}}, "X-Strategy of aPublicRead may hold printable ASCII"),
        (
            {"headers": {"X-Strategy": f"{CANARY}\r\nX-Injected: 1"}},
            "X-Strategy of aPublicRead may hold printable ASCII",
        ),
        ({"headers": {"X-Strategy": CANARY * 999}}, "X-Strategy of aPublicRead is longer than"),
        ({"params": [("user", f"{CANARY}\ud800")]}, "the query of aPublicRead holds what is no text"),
        ({"json": {"price": float("nan"), "user": CANARY}}, "the body of aPublicRead cannot be written as JSON"),
        ({"json": {"user": {CANARY}}}, "the body of aPublicRead cannot be written as JSON"),
    ],
)
def test_what_cannot_be_sent(face: str, more: dict[str, Any], words: str) -> None:
    with RawServer(answer(reply(b"{}"))) as server:
        with pytest.raises(ConfigurationError, match=words) as caught:
            send(face, request_of(PUBLIC, **more), server.base_url)
        assert server.connections == 0
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("face", FACES)
def test_parameters(face: str) -> None:
    more = {"params": [("a", "b c"), ("a", "\u0915&")], "headers": {"X-Strategy": "one"}}
    with RawServer(answer(reply(b"[1]"))) as server:
        assert send(face, request_of(PUBLIC, **more), server.base_url) == [1]
        line, headers, body = server.sent()
    assert (line, body) == ("GET /api/v1/public?a=b+c&a=%E0%A4%95%26 HTTP/1.1", None)
    assert headers["x-strategy"] == "one"
    assert not headers.keys() & {"authorization", "token", "content-length"}


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("operation", [READ, ORDER], ids=lambda operation: operation.id)
def test_a_body_that_is_empty_is_nothing_to_the_reader(face: str, operation: Operation) -> None:
    def refuses(data: object) -> object:
        raise ValueError(data)

    with RawServer(answer(reply(b""))) as server:
        credentials = {"AccessToken": Session("a-token", base_url=server.base_url)}
        assert send(face, request_of(operation, parse=lambda data: data is None), server.base_url, credentials) is True
        assert server.sent()[1]["content-length"] == "0"
        with pytest.raises(MalformedReply):
            send(face, request_of(operation, parse=refuses), server.base_url, credentials)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("operation", "credentials", "header"),
    [
        (READ, {"AccessToken": "bare"}, ("authorization", "Bearer bare")),
        (READ, {"AccessToken": " bare\n", "RequestToken": "other"}, ("authorization", "Bearer bare")),
        (SESSION, {"AccessToken": "other", "RequestToken": "bare"}, ("token", "bare")),
        (PUBLIC, {"AccessToken": "other", "RequestToken": "another"}, None),
    ],
)
def test_an_operation_is_sent_what_it_needs_and_no_more(
    face: str, operation: Operation, credentials: dict[str, str], header: tuple[str, str] | None
) -> None:
    with RawServer(answer(reply(b"{}"))) as server:
        assert send(face, request_of(operation), server.base_url, credentials) == {}
        headers = server.sent()[1]
    assert {name: headers[name] for name in ("authorization", "token") if name in headers} == dict(
        [header] if header else []
    )


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("credentials", "words"),
    [
        ({"accessToken": CANARY}, "accessToken is no security scheme of the spec: it has RequestToken, AccessToken"),
        ({"AccessToken": ""}, "AccessToken is empty"),
        ({"AccessToken": None}, "AccessToken is missing"),
        ({"AccessToken": [CANARY]}, "AccessToken must be a str, not list"),
        ({"AccessToken": f"{CANARY}\nX: y"}, "AccessToken may hold printable ASCII"),
        ({"RequestToken": Session(CANARY)}, "RequestToken must be a str, not Session"),
        ({"AccessToken": Session(CANARY)}, "base_url of the session is missing"),
        ({"RequestToken": CANARY}, "aRead needs the credential AccessToken"),
    ],
)
def test_credentials_of_no_use(face: str, credentials: dict[str, Any], words: str) -> None:
    with RawServer(answer(reply(b"{}"))) as server:
        with pytest.raises(ConfigurationError, match=words) as caught:
            send(face, request_of(READ), server.base_url, credentials)
        assert server.connections == 0
    assert CANARY not in str(caught.value)
